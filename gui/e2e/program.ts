import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The administrator of programs that are started with one. */
export const admin = { email: 'ann@example.com', password: 'three-plain-words' };

/** The program that is checked. */
export const binary = resolve(process.env.TRACARDI_BIN ?? '../bin/tracardi');

const adminToken = 'token-of-the-browser-checks';

/** Programs keep everything on the servers of the tests, see setup.ts. */
export const onServers = !!process.env.TRACARDI_TEST_ON_SERVERS;

/** Visitors and events of the demo in a program that begins with it. */
const { PROFILES = '10000', EVENTS = '20000' } = process.env;

export const demo = (folder: string) => ['demo', '--data', folder, '--profiles', PROFILES, '--events', EVENTS, '--log-level', 'error'];

const startTime = onServers ? 180_000 : 30_000; // milliseconds
const searchable = 1500; // milliseconds until searches on a server see a change

/** A running Tracardi with a data folder of its own. */
export class Program {
  url = '';
  /** The header of those who ask as the administrator. */
  readonly authorization = { Authorization: `Bearer ${adminToken}` };
  /** What it printed so far. */
  output = '';
  #process?: ChildProcess;
  #folder = mkdtempSync(join(tmpdir(), 'tracardi-gui-'));
  #port = 0;

  /** Has the program begin with the demo's visitors: with a copy of the folder in which they are, if there is one. */
  async fill() {
    const data = process.env.TRACARDI_DEMO_DATA;
    if (data) cpSync(data, this.#folder, { recursive: true });
    else await promisify(execFile)(binary, demo(this.#folder));
  }

  /** Starts the program with more flags, or starts it again on the same data. */
  async start({ withAdmin = true, flags = [] as string[] } = {}) {
    this.#port ||= await freePort();
    const env: NodeJS.ProcessEnv = { ...process.env, TRACARDI_ADMIN_TOKEN: adminToken };
    if (withAdmin) Object.assign(env, { TRACARDI_ADMIN_EMAIL: admin.email, TRACARDI_ADMIN_PASSWORD: admin.password });
    const child = spawn(binary, ['serve', '--data', this.#folder, '--addr', `127.0.0.1:${this.#port}`, ...flags], { env });
    this.#process = child;
    this.url = `http://127.0.0.1:${this.#port}`;
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`the program did not start: ${this.output}`)), startTime);
      const read = (chunk: Buffer) => {
        this.output += chunk.toString();
        if (this.output.includes('is ready')) {
          clearTimeout(timer);
          done();
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', fail);
      child.on('exit', (code) => fail(new Error(`the program ended with ${code}: ${this.output}`)));
    });
  }

  /** Stops the program; its data stays for the next start. */
  async stop() {
    const child = this.#process;
    this.#process = undefined;
    this.output = '';
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Asks the API as the administrator. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...this.authorization, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Sends events to a source, and waits until pages show them. */
  async track(...args: Parameters<Program['send']>) {
    const answer = await this.send(...args);
    await this.seen();
    return answer;
  }

  /** Waits until pages show what is stored. */
  async seen() {
    if (onServers) await new Promise((done) => setTimeout(done, searchable));
  }

  /** Sends events to a source, and waits until they are stored. */
  async send(source: string, session: string, events: { type: string; properties?: object; time?: { insert: string } }[], profile?: string) {
    const body = { source: { id: source }, session: { id: session }, ...(profile && { profile: { id: profile } }), events, options: { saveSession: true } };
    const answer = await fetch(`${this.url}/track`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`track: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { profile?: { id: string } };
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}
