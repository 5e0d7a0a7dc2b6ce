/** The scale of the noise that gradient descent with isotropic noise adds. Stores before it held SGD only. */
export const sql = `
ALTER TABLE iterations ADD COLUMN noise_deviation REAL;
`;
