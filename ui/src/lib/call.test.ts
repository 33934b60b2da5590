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
