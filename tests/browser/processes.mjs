// The true programs: a company's server and a device's bridge, on data of their own that goes when the test ends.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const MARIT = "marit@halvorsen.example";
export const PASSWORD = "a password for tests";

function program(variable, name) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return process.env[variable] ?? join(ROOT, "target/debug", name + suffix);
}

const running = new Set();
// Whatever ends us, nothing that we started stays.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program and gives what it prints after these words. */
async function start(path, args, words) {
  // The server's log is for its own tests.
  const child = spawn(path, args, { stdio: ["ignore", "pipe", process.env.RAPPORT_LOG ? "inherit" : "ignore"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(words)) {
      child.stdout.resume();
      return { child, said: line.slice(words.length).trim() };
    }
  }
  throw new Error(`${path} ended before it listened`);
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

function temporary() {
  return mkdtempSync(join(tmpdir(), "rapport-browser-"));
}

/** A company with so many made-up customers; its server listens on the same address each time. */
export class Company {
  #data = temporary();
  #server = null;
  url = null;

  static async found(customers) {
    const company = new Company();
    company.#manage(["demo", "--customers", String(customers), "--seed", "7", "--password-stdin"]);
    await company.open();
    return company;
  }

  #manage(args) {
    const path = program("RAPPORT_SERVER_BIN", "rapport-server");
    const done = spawnSync(path, [...args, "--data", join(this.#data, "data")], {
      input: `${PASSWORD}\n`,
      encoding: "utf8",
    });
    if (done.status !== 0) throw new Error(`${args[0]}: ${done.stderr}`);
    return done.stdout;
  }

  /** A link that signs one device in, once. */
  link(email = MARIT) {
    return this.#manage(["enrol", "--email", email, "--server", this.url]).trim();
  }

  async open() {
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const args = ["serve", "--listen", listen, "--data", join(this.#data, "data")];
    const { child, said } = await start(program("RAPPORT_SERVER_BIN", "rapport-server"), args, "listening on ");
    this.#server = child;
    this.url = said;
  }

  /** For the devices the network is gone. */
  async shut() {
    if (this.#server) await end(this.#server, "SIGKILL");
    this.#server = null;
  }

  async close() {
    await this.shut();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

/** One laptop: its data and the bridge over it. */
export class Device {
  #data = temporary();
  #bridge = null;
  #cookie = "";
  url = null;

  /** `before` is what the data folder says of the session that was here last. */
  static async open(link = null, before = null) {
    const device = new Device();
    if (before) {
      mkdirSync(join(device.#data, "device"));
      writeFileSync(join(device.#data, "device", "current.json"), JSON.stringify(before));
    }
    const args = ["--data", join(device.#data, "device"), "--ui", join(ROOT, "ui/dist")];
    if (link) args.push("--enrol", link);
    const { child, said } = await start(program("RAPPORT_BRIDGE_BIN", "rapport-bridge"), args, "bridge on ");
    device.#bridge = child;
    device.url = new URL(said);
    const welcome = await fetch(said, { redirect: "manual" });
    device.#cookie = welcome.headers.get("set-cookie").split(";")[0];
    return device;
  }

  /** A command of the core, past the screen: to prepare what a test is about, or to look at what came of it. */
  async call(name, args = {}) {
    const answer = await this.ask("/call", { name, args });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(body)}`);
    return body;
  }

  ask(path, body) {
    const headers = { cookie: this.#cookie, "content-type": "application/json" };
    return fetch(new URL(path, this.url.origin), { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Makes a record of these units. */
  async create(kind, units) {
    const [id] = (await this.call("ids.mint", { count: 1 })).ids;
    const edits = Object.entries(units).map(([unit, value]) => [unit, { value, base: null, baseVersion: 0 }]);
    await this.call("records.save", { changes: [{ kind, id, op: "put", units: Object.fromEntries(edits) }] });
    return id;
  }

  async close() {
    await end(this.#bridge, "SIGTERM");
    rmSync(this.#data, { recursive: true, force: true });
  }
}
