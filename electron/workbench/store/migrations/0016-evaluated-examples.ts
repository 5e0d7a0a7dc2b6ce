/**
 * How many examples each evaluation of a measured speed passed. Until now this was not kept: 2,000, but 200 where those alone took longer
 * than a second.
 */
export const sql = `
ALTER TABLE speeds ADD COLUMN evaluated_examples INTEGER NOT NULL DEFAULT 2000;

UPDATE speeds SET evaluated_examples = 200 WHERE examples_per_second < 200;
`;
