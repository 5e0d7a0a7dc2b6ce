/**
 * Paces in multiply-adds that count activations and optimisers: those from before are in another unit, and are forgotten; the next run measures
 * anew.
 */
export const sql = `
DELETE FROM paces;
`;
