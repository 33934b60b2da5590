import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp } from "../../testing/core";
import { customer } from "../../testing/records";

test("an order is written by keyboard, and its totals are the core's", async () => {
  const { user, core } = openApp("#/orders/new", {
    "search.query": () => ({
      hits: [{ kind: "customers", id: "c1", customerId: "c1", title: customer.name, subtitle: "Budapest" }],
    }),
  });
  await user.type(await screen.findByLabelText("Customer"), "kov");
  await screen.findByText("Budapest");
  await user.keyboard("{Enter}");
  await user.type(screen.getByLabelText("Description, line 1"), "Stage");
  await user.type(screen.getByLabelText("Unit price, line 1"), "100");
  await user.type(screen.getByLabelText("Tax %, line 1"), "19{Enter}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Description, line 2")));
  expect(await screen.findByText("€119.00")).toBeTruthy();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(core.saves()).toHaveLength(1));
  const [edit] = core.saves()[0] as { units: Record<string, { value: unknown }> }[];
  expect(edit?.units.customerId?.value).toBe("c1");
  expect(edit?.units.items?.value).toMatchObject({
    items: [{ description: "Stage", quantity: 1, unitPrice: 100, taxRate: 19 }],
    currency: "EUR",
    totalAmount: null,
  });
});

test("a step of the status is one press", async () => {
  const { user, core } = openApp("#/orders/o7");
  await user.click(await screen.findByRole("button", { name: "Confirm order" }));
  await waitFor(() => expect(core.saves()).toHaveLength(1));
  const [edit] = core.saves()[0] as { units: Record<string, unknown> }[];
  expect(edit?.units).toEqual({ status: { value: "confirmed", base: "draft", baseVersion: 3 } });
});
