// Holds each dashboard of a folder against the types of two versions of Grafana, by tsc.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = process.env.DASHBOARDS;

for (const version of [11, 13]) {
  test(`dashboards are of the types of Grafana ${version}`, () => {
    mkdirSync('checked', { recursive: true });
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    for (const file of files) {
      const json = readFileSync(`${folder}/${file}`, 'utf8').trim();
      writeFileSync(
        `checked/${file}.ts`,
        `import type { Checked } from '../grafana-${version}.js';\nexport default ${json} satisfies Checked;\n`,
      );
    }
    try {
      execFileSync('node_modules/.bin/tsc', ['-p', '.'], { encoding: 'utf8' });
    } catch (failed) {
      throw new Error(failed.stdout);
    }
  });
}
