/** The part of jStat that is used: it ships no types. */
declare module 'jstat' {
  const jStat: {
    studentt: {
      /** Quantile of Student's t distribution. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
    beta: {
      /** Quantile of the beta distribution. */
      inv(probability: number, alpha: number, beta: number): number;
    };
    /** The regularised incomplete beta function, to 3e-7. */
    ibeta(x: number, alpha: number, beta: number): number;
    /** The error function, to some 1e-15. */
    erf(x: number): number;
    /** log Γ. */
    gammaln(x: number): number;
    normal: {
      /** Quantile of a normal distribution. */
      inv(probability: number, mean: number, deviation: number): number;
    };
  };
  export default jStat;
}
