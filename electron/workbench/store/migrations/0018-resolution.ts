/**
 * What an evaluation resolves, and the answers about a slice that count only what exceeds it: yes 1, no 0, below it NULL.
 *
 * Runs from before are answered from their slices with ν = 2⁻²²·(1 + max |ℓ|) (shared/resolution.ts), on a subset plus 2·√2 of the
 * greatest standard error, which bounds twice that of a difference between two points: the examples' own losses are gone. That a
 * slice is not convex was told above the noise already, and stays. Counts of epochs and runs are counted anew; heights stay as they
 * were measured. Packs of iterations are copies of rows that change here; opening the store makes them again (`repack`, records.ts).
 */
export const sql = `
ALTER TABLE iterations ADD COLUMN loss_resolution REAL;
ALTER TABLE iterations ADD COLUMN interior_floor INTEGER;
ALTER TABLE iterations ADD COLUMN barrier INTEGER;
ALTER TABLE epochs ADD COLUMN unresolved_slices INTEGER NOT NULL DEFAULT 0;

WITH
  neighbours AS (
    SELECT run_key, iteration, alpha, loss, standard_error,
           lag(loss) OVER slice AS left_loss, lead(loss) OVER slice AS right_loss
    FROM slices
    WINDOW slice AS (PARTITION BY run_key, iteration ORDER BY alpha)
  ),
  measured AS (
    SELECT run_key, iteration,
           2.384185791015625e-7 * (1 + max(abs(loss))) AS resolution,
           coalesce(2 * sqrt(2) * max(standard_error), 0) AS sampling,
           min(loss) FILTER (WHERE alpha > 0 AND alpha < 1) AS lowest,
           max(loss) FILTER (WHERE alpha > 0 AND alpha < 1) AS highest,
           min(loss) FILTER (WHERE alpha IN (0, 1)) AS lower_end,
           max(loss) FILTER (WHERE alpha IN (0, 1)) AS higher_end,
           max(left_loss - 2 * loss + right_loss) AS most_bent,
           count(*) - count(loss) AS lost
    FROM neighbours
    GROUP BY run_key, iteration
    HAVING lost = 0 AND count(*) > 2
  ),
  judged AS (
    SELECT run_key, iteration, resolution, most_bent, resolution + sampling AS tolerance,
           lower_end - lowest AS depth, highest - higher_end AS height
    FROM measured
  )
UPDATE iterations
SET loss_resolution = resolution,
    interior_floor = CASE WHEN depth > tolerance THEN 1 WHEN -depth > tolerance THEN 0 END,
    barrier = CASE WHEN height > tolerance THEN 1 WHEN -height > tolerance THEN 0 END,
    convex = CASE WHEN convex = 0 THEN 0 WHEN most_bent > tolerance THEN convex END,
    bounce = CASE
      WHEN gradient_cosine IS NULL THEN NULL
      WHEN -depth > tolerance OR gradient_cosine >= 0 THEN 0
      WHEN depth > tolerance THEN 1
    END
FROM judged
WHERE judged.run_key = iterations.run_key AND judged.iteration = iterations.iteration;

UPDATE epochs
SET barriers = counted.barriers,
    barriers_above_noise = counted.barriers,
    interior_floors = counted.interior_floors,
    convex_slices = counted.convex_slices,
    unresolved_slices = counted.unresolved_slices
FROM (
  SELECT run_key, epoch,
         count(*) FILTER (WHERE barrier = 1) AS barriers,
         count(*) FILTER (WHERE interior_floor = 1) AS interior_floors,
         count(*) FILTER (WHERE convex = 1) AS convex_slices,
         count(*) FILTER (
           WHERE loss_resolution IS NOT NULL AND (barrier IS NULL OR interior_floor IS NULL OR convex IS NULL)
         ) AS unresolved_slices
  FROM iterations
  GROUP BY run_key, epoch
  HAVING count(loss_resolution) > 0
) AS counted
WHERE counted.run_key = epochs.run_key AND counted.epoch = epochs.epoch;

UPDATE runs
SET summary = json_set(
      summary,
      '$.barriers', counted.barriers,
      '$.interior_floors', counted.interior_floors,
      '$.convex_slices', counted.convex_slices,
      '$.bounces', counted.bounces,
      '$.unresolved_slices', counted.unresolved_slices
    ),
    revision = revision + 1
FROM (
  SELECT run_key,
         count(*) FILTER (WHERE barrier = 1) AS barriers,
         count(*) FILTER (WHERE interior_floor = 1) AS interior_floors,
         count(*) FILTER (WHERE convex = 1) AS convex_slices,
         count(*) FILTER (WHERE bounce = 1) AS bounces,
         count(*) FILTER (
           WHERE loss_resolution IS NOT NULL AND (barrier IS NULL OR interior_floor IS NULL OR convex IS NULL)
         ) AS unresolved_slices
  FROM iterations
  GROUP BY run_key
  HAVING count(loss_resolution) > 0
) AS counted
WHERE counted.run_key = runs.key;

DELETE FROM packs WHERE kind = 'iterations';
`;
