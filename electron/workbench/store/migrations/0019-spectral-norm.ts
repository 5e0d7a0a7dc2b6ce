/**
 * The Hessian's spectral norm at an epoch's end, NULL in runs from before both ends of the spectrum were measured. The smallest eigenvalue
 * lies in `curvature`, at rank −1.
 */
export const sql = `
ALTER TABLE epochs ADD COLUMN spectral_norm REAL;
`;
