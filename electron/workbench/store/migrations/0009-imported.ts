/** Runs whose points were trained elsewhere. */
export const sql = `
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'trained' CHECK (kind IN ('trained', 'imported'));
ALTER TABLE runs ADD COLUMN imported TEXT;  -- JSON: what is known of an imported run's training
`;
