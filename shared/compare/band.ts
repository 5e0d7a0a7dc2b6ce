/** What a band around the mean of a group shows: nothing, one standard deviation, or the 95 % confidence interval of the mean. */
export const bands = ['none', 'deviation', 'confidence'] as const;
/** One of them. */
export type Band = (typeof bands)[number];
