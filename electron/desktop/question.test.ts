import { expect, test } from 'vitest';
import { oneQuestion } from './question.ts';

/** Dialogs as Electron shows them: an aborted one is cancelled, and says so a moment later. */
function dialogs() {
  const shown: { question: string; answer: (yes: boolean) => void }[] = [];
  const questions = oneQuestion<string>(
    (question, signal) =>
      new Promise((resolve) => {
        shown.push({ question, answer: resolve });
        signal.addEventListener('abort', () => setImmediate(() => resolve(false)));
      }),
  );
  return { questions, shown };
}

test('an answer is the user’s', async () => {
  const { questions, shown } = dialogs();
  for (const yes of [true, false]) {
    const answered = questions.ask('wait?');
    shown.at(-1)!.answer(yes);
    expect(await answered).toBe(yes);
  }
});

test('who was not asked has not said no', async () => {
  const { questions, shown } = dialogs();
  const first = questions.ask('wait?');
  expect(await questions.ask('close?')).toBeNull();
  expect(shown).toHaveLength(1);
  const back = questions.takeBack();
  expect(await first).toBeNull();
  await back;
});

test('a question that takes the place of another is asked', async () => {
  const { questions, shown } = dialogs();
  const first = questions.ask('wait?');
  await questions.takeBack();
  const second = questions.ask('close?');
  expect(shown.map(({ question }) => question)).toEqual(['wait?', 'close?']);
  shown[1]!.answer(true);
  expect(await first).toBeNull();
  expect(await second).toBe(true);
});
