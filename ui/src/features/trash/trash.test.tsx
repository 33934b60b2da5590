import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp, refuse } from "../../testing/core";
import { customer } from "../../testing/records";

test("a name that went to somebody else is answered with a free one, never with a bare error", async () => {
  const asked: unknown[] = [];
  const { user } = openApp("#/trash", {
    "trash.restore": (args) => {
      asked.push(args);
      if (!args.name) refuse("NAME_TAKEN", { details: { freeName: "Acme (2)", existingId: "c2" } });
      return { restored: { record: customer, version: 1, waiting: false, base: null }, undo: [] };
    },
  });
  await user.click(await screen.findByRole("button", { name: "Restore Acme" }));
  const name = await screen.findByLabelText("Name");
  expect((name as HTMLInputElement).value).toBe("Acme (2)");
  await user.click(screen.getByRole("button", { name: "Restore" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked).toEqual([
    { kind: "customers", id: "c9" },
    { kind: "customers", id: "c9", name: "Acme (2)" },
  ]);
});
