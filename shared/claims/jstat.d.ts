/** The part of jStat that is used: it ships no types. */
declare module 'jstat' {
  const jStat: {
    studentt: {
      /** Quantile of Student's t distribution. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
  };
  export default jStat;
}
