/**
 * How an added data set's files were read: JSON of `Reading`; NULL in sets added before, whose image folders go on being read by the rules of
 * then, so that runs on them resume on the same numbers.
 */
export const sql = `
ALTER TABLE datasets ADD COLUMN reading TEXT;
`;
