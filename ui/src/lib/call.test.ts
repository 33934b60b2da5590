import { QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { refuse, startCore } from "../testing/core";
import { call, followTouched } from "./call";
import { createClient } from "./client";

test("a refusal keeps its code, field and details", async () => {
  startCore({
    "records.save": () =>
      refuse("NAME_TAKEN", { field: "name", details: { existingId: "c9", ownerName: "Jonas Weber" } }),
  });
  await expect(call("records.save", { changes: [] })).rejects.toMatchObject({
    name: "AppError",
    code: "NAME_TAKEN",
    field: "name",
    details: { existingId: "c9", ownerName: "Jonas Weber" },
  });
});

test("what is no error body becomes INTERNAL", async () => {
  startCore({
    "app.info": () => {
      throw new Error("boom");
    },
  });
  await expect(call("app.info", {})).rejects.toMatchObject({ code: "INTERNAL", message: "boom" });
});

test("a touched event asks again what reads that kind, and nothing else", async () => {
  const core = startCore();
  const client = createClient();
  const reads = { contacts: vi.fn(() => 1), cards: vi.fn(() => 1), page: vi.fn(() => 1) };
  const stop = [
    new QueryObserver(client, { queryKey: ["contacts", "p1"], queryFn: reads.contacts }),
    new QueryObserver(client, { queryKey: ["cards"], queryFn: reads.cards }),
    new QueryObserver(client, {
      queryKey: ["customers", "c1", "page"],
      queryFn: reads.page,
      meta: { reads: ["customers", "contacts"] },
    }),
  ].map((observer) => observer.subscribe(() => undefined));
  await vi.waitFor(() => expect(reads.page).toHaveBeenCalledTimes(1));
  await followTouched(client);
  await core.touch("contacts");
  await vi.waitFor(() => expect(reads.page).toHaveBeenCalledTimes(2));
  expect(reads.contacts).toHaveBeenCalledTimes(2);
  expect(reads.cards).toHaveBeenCalledTimes(1);
  for (const unsubscribe of stop) unsubscribe();
});

test("a storm of events is answered a few times, not a thousand", async () => {
  const core = startCore();
  const client = createClient();
  const read = vi.fn(() => 1);
  const stop = new QueryObserver(client, { queryKey: ["customers"], queryFn: read }).subscribe(() => undefined);
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1));
  await followTouched(client);
  for (let count = 0; count < 1000; count += 1) await core.touch("customers");
  await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThanOrEqual(3));
  expect(read.mock.calls.length).toBeLessThan(20);
  stop();
});

test("what is slow to read is read less often, and the last event is never forgotten", async () => {
  const core = startCore();
  const client = createClient();
  let reads = 0;
  let rows = 0;
  const read = async () => {
    reads += 1;
    const seen = rows;
    await new Promise((done) => setTimeout(done, 200));
    return seen;
  };
  const observer = new QueryObserver(client, { queryKey: ["customers"], queryFn: read });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe(0));
  await followTouched(client);
  for (rows = 1; rows < 75; rows += 1) {
    await core.touch("customers");
    await new Promise((done) => setTimeout(done, 20));
  }
  // Some 1.5 s of events: one reading at once, then one each 0.8 s.
  expect(reads).toBeLessThanOrEqual(4);
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe(75), { timeout: 3000 });
  stop();
});
