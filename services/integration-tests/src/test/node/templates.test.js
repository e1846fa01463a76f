// Hugging Face's own Jinja for JavaScript against ours: CASES holds templates, their variables, and
// what ours made of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Template } from '@huggingface/jinja';

for (const { name, template, variables, rendered } of JSON.parse(readFileSync(process.env.CASES))) {
  test(name, () => assert.equal(rendered, new Template(template).render(variables)));
}
