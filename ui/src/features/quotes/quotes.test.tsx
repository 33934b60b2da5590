import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp, refuse } from "../../testing/core";

test("a rejection asks for its reason first and says what is missing", async () => {
  let given: unknown[] = [];
  const { user } = openApp("#/quotes/q1", {
    "quotes.act": (args) => {
      given = [...given, args];
      const reason = String(args.with?.reason ?? "");
      if (reason === "") refuse("REASON_REQUIRED", { field: "rejectedReason" });
      return { shows: { kind: "quotes", id: "q1" }, undo: [] };
    },
  });
  await user.click(await screen.findByRole("button", { name: "Reject…" }));
  await user.click(screen.getByRole("button", { name: "Reject…", hidden: false }));
  expect(await screen.findByText("This step needs a reason.")).toBeTruthy();
  await user.type(screen.getByLabelText("Reason"), "Too dear");
  await user.click(screen.getByRole("button", { name: "Reject…" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(given.at(-1)).toEqual({ id: "q1", verb: "reject", with: { reason: "Too dear" } });
  expect(await screen.findByText("Q26-K7-0042 is rejected.")).toBeTruthy();
});

test("sending without a contact leads to the customer", async () => {
  const { user } = openApp("#/quotes/q1", {
    "quotes.page": () =>
      ({
        quote: {
          record: { quoteNumber: "Q1", status: "draft", customerId: "c1", items: [] },
          version: 1,
          waiting: false,
          base: null,
        },
        customer: { id: "c1", name: "Acme", trashed: false },
        contact: null,
        order: null,
        before: null,
        after: null,
        can: ["send"],
      }) as never,
    "quotes.act": () => refuse("PRIMARY_CONTACT_REQUIRED"),
  });
  await user.click(await screen.findByRole("button", { name: "Mark sent…" }));
  await user.click(screen.getByRole("button", { name: "Mark sent…" }));
  await screen.findByRole("alert");
  await user.click(screen.getByRole("button", { name: /contact/i }));
  await waitFor(() => expect(location.hash).toBe("#/customers/c1"));
});

test("from the board a quote is answered by its menu", async () => {
  const { user, core } = openApp("#/quotes", {
    "quotes.act": () => ({ shows: { kind: "quotes", id: "q1" }, undo: [] }),
  });
  await user.click(await screen.findByRole("button", { name: "More about Q26-K7-0042" }));
  await user.click(await screen.findByRole("menuitem", { name: "Accept" }));
  await waitFor(() => expect(core.calls.some((one) => one.name === "quotes.act")).toBe(true));
});
