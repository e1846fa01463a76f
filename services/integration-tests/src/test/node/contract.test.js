// OpenAI's own client against the API. BASE_URL serves a model of bytes with a chat template that
// prints the contents one after the other; KNOWN is what it says after PROMPT, greedily, 60 tokens.
// It takes OPENAI_API_KEY and no other, and has a certificate that NODE_EXTRA_CA_CERTS is good for.
import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';

const { BASE_URL, MODEL, PROMPT, KNOWN } = process.env;
const client = new OpenAI({ baseURL: BASE_URL, maxRetries: 0 });
const greedy = { model: MODEL, temperature: 0 };
const completion = (more) => client.completions.create({ ...greedy, prompt: PROMPT, ...more });
const chat = (more) =>
  client.chat.completions.create({
    ...greedy,
    messages: [{ role: 'user', content: PROMPT }],
    ...more,
  });

async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return chunks;
}

test('another key', async () => {
  const stranger = new OpenAI({ baseURL: BASE_URL, apiKey: 'another', maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    return true;
  });
});

test('models', async () => {
  const ids = (await all(await client.models.list())).map((model) => model.id);
  assert.deepEqual(ids, [MODEL]);
  assert.equal((await client.models.retrieve(MODEL)).id, MODEL);
  await assert.rejects(client.models.retrieve('other'), OpenAI.NotFoundError);
});

test('a completion', async () => {
  const answer = await completion({ max_tokens: 60 });
  assert.equal(answer.object, 'text_completion');
  assert.equal(answer.choices[0].text, KNOWN);
  assert.equal(answer.choices[0].finish_reason, 'length');
  // A start mark and a token for each byte.
  assert.deepEqual(answer.usage, {
    prompt_tokens: PROMPT.length + 1,
    completion_tokens: 60,
    total_tokens: PROMPT.length + 61,
  });
});

test('a streamed completion', async () => {
  const chunks = await all(
    await completion({ max_tokens: 60, stream: true, stream_options: { include_usage: true } }),
  );
  const usage = chunks.pop();
  assert.deepEqual(usage.choices, []);
  assert.equal(usage.usage.completion_tokens, 60);
  assert.ok(chunks.length > 30, `as it comes, got ${chunks.length} chunks`);
  assert.equal(chunks.map((chunk) => chunk.choices[0].text).join(''), KNOWN);
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'length');
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.choices[0].finish_reason === null));
});

test('a chat, whole and streamed', async () => {
  const answer = await chat({ max_completion_tokens: 60 });
  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.choices[0].message.role, 'assistant');
  const text = answer.choices[0].message.content;
  assert.equal(answer.usage.completion_tokens, 60);
  const runner = client.chat.completions.stream({
    ...greedy,
    messages: [{ role: 'user', content: PROMPT }],
    max_tokens: 60,
  });
  assert.equal((await runner.finalChatCompletion()).choices[0].message.content, text);
});

test('several prompts are several choices', async () => {
  const answer = await completion({ prompt: [PROMPT, 'ROMEO:', PROMPT], max_tokens: 20 });
  assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1, 2]);
  assert.equal(answer.choices[0].text, KNOWN.slice(0, 20));
  assert.equal(answer.choices[2].text, KNOWN.slice(0, 20));
  assert.notEqual(answer.choices[1].text, KNOWN.slice(0, 20));
  const ids = [[256, 72, 105], [256, 72]];
  const tokens = await completion({ prompt: ids, max_tokens: 0, echo: true });
  assert.deepEqual(tokens.choices.map((choice) => choice.text), ['Hi', 'H']);
  assert.equal(tokens.usage.prompt_tokens, 5);
});

test('stop strings, which no token has whole', async () => {
  const stop = [KNOWN.slice(17, 20), 'never there'];
  const expected = KNOWN.slice(0, KNOWN.indexOf(stop[0]));
  const answer = await completion({ max_tokens: 60, stop });
  assert.equal(answer.choices[0].text, expected);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  const chunks = await all(await completion({ max_tokens: 60, stop, stream: true }));
  assert.equal(chunks.map((chunk) => chunk.choices[0].text).join(''), expected);
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
});

test('log probabilities of a completion', async () => {
  const { choices } = await completion({ max_tokens: 10, logprobs: 3, echo: true });
  const { tokens, token_logprobs, top_logprobs, text_offset } = choices[0].logprobs;
  assert.equal(choices[0].text, PROMPT + KNOWN.slice(0, 10));
  assert.equal(tokens.join(''), '<s>' + choices[0].text);
  assert.equal(token_logprobs[0], null);
  assert.ok(token_logprobs.slice(1).every((value) => value <= 0));
  const last = tokens.length - 1;
  assert.equal(Math.max(...Object.values(top_logprobs[last])), token_logprobs[last]);
  assert.ok(Object.keys(top_logprobs[last]).length >= 3);
  assert.equal(choices[0].text[text_offset[last]], tokens[last]);
});

test('log probabilities of a chat, streamed as well', async () => {
  const more = { max_tokens: 10, logprobs: true, top_logprobs: 2 };
  const { content } = (await chat(more)).choices[0].logprobs;
  assert.equal(content.length, 10);
  for (const { token, logprob, bytes, top_logprobs } of content) {
    assert.deepEqual(bytes, [...Buffer.from(token)]);
    assert.equal(top_logprobs.length, 2);
    assert.equal(top_logprobs[0].logprob, logprob);
  }
  const chunks = await all(await chat({ ...more, stream: true }));
  const streamed = chunks.flatMap((chunk) => chunk.choices[0].logprobs?.content ?? []);
  assert.deepEqual(streamed, content);
});

test('only a prefill', async () => {
  const answer = await completion({ max_tokens: 0 });
  assert.deepEqual(
    [answer.choices[0].text, answer.choices[0].finish_reason, answer.usage.completion_tokens],
    ['', 'length', 0],
  );
  const inChat = await chat({ max_tokens: 0 });
  assert.equal(inChat.choices[0].message.content, '');
});

test('errors are the client\'s own', async () => {
  await assert.rejects(completion({ temperature: -1 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'temperature');
    assert.equal(error.type, 'invalid_request_error');
    assert.match(error.requestID, /^req_/);
    return true;
  });
  await assert.rejects(completion({ model: 'gpt' }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(chat({ messages: [] }), OpenAI.BadRequestError);
  await assert.rejects(chat({ tools: [{ type: 'function' }] }), /tools: not supported/);
  await assert.rejects(completion({ prompt: 'x'.repeat(2 << 20) }), (error) => error.status === 413);
});

test('a stream that the client aborts ends the generation', async () => {
  const stream = await completion({ max_tokens: 400, stream: true, stop: [] });
  for await (const chunk of stream) {
    assert.equal(chunk.choices[0].text.length > 0, true);
    break;
  }
  const abort = new AbortController();
  const whole = client.completions.create(
    { ...greedy, prompt: PROMPT, max_tokens: 400 },
    { signal: abort.signal },
  );
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(whole, OpenAI.APIUserAbortError);
});
