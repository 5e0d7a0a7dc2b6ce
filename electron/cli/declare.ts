/** With what the files of commands/ declare their commands: name, description, options, and what is done. */
import type { Command } from 'commander';

/** What a command does, given its arguments and options; resolves to the exit code. */
type Work<A extends unknown[]> = (...given: A) => Promise<number>;

/** Declares commands, at the program's top or under one word of it (`studies list`). */
export interface Declare {
  /** Declares a command with the option `--store`; add its own options, then its action. */
  command: (name: string, description: string) => Command;
  /** Declares a command that help does not list, and that opens no store. */
  hidden: (name: string, description: string) => Command;
  /** Declares a word under which commands stand. */
  group: (name: string, description: string) => Declare;
  /** Makes what a command does its action: commander hears nothing of exit codes. */
  action: <A extends unknown[]>(work: Work<A>) => (...given: A) => Promise<void>;
}

/**
 * Declares commands under a program or one of its words.
 * @param ended is told each command's exit code
 */
export function declareUnder(program: Command, ended: (code: number) => void): Declare {
  return {
    command: (name, description) =>
      program.command(name).description(description).option('--store <folder>', "run store (default: the user's own)"),
    hidden: (name, description) => program.command(name, { hidden: true }).description(description),
    group: (name, description) => declareUnder(program.command(name).description(description), ended),
    action:
      (work) =>
      async (...given) =>
        ended(await work(...given)),
  };
}

/** Collects the values of an option that may be given several times. */
export const several = (value: string, all: string[] = []): string[] => [...all, value];
