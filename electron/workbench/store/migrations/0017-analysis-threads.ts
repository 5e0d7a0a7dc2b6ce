/** How many threads compute an analysis: with more or fewer the last bits of its sums may differ. */
export const sql = `
ALTER TABLE analyses ADD COLUMN threads INTEGER;
`;
