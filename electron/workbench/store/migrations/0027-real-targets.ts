/**
 * Data sets whose targets are real numbers: JSON of `Dataset.targetColumns` and `Dataset.inputColumns`, NULL where there are none. Such a set has 0 in
 * `classes`, and one of a table the JSON null in `normalisation`.
 */
export const sql = `
ALTER TABLE datasets ADD COLUMN target_columns TEXT;
ALTER TABLE datasets ADD COLUMN input_columns TEXT;
`;
