/** Runs that another machine computes: where they are there; and the machine that was chosen for a study. Both JSON; NULL for this machine's own queue. */
export const sql = `
ALTER TABLE runs ADD COLUMN machine TEXT;  -- JSON: MachineState
ALTER TABLE studies ADD COLUMN machine TEXT;  -- JSON: MachineChoice
`;
