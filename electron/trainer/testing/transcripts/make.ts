/** Writes the transcripts of today's walk beside this file: `node electron/trainer/testing/transcripts/make.ts`, before a change that is to change no number. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { allTranscripts } from '../transcripts.ts';

const { transcripts, checkpoint } = await allTranscripts();
writeFileSync(new URL('walks.json.gz', import.meta.url), gzipSync(JSON.stringify(transcripts), { level: 9 }));
writeFileSync(new URL('checkpoint-version-1.safetensors', import.meta.url), checkpoint);
