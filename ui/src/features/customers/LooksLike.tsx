// Customers that look like the one being typed, while there is still time not to make it.
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { userName } from "../../record/queries";

interface Typed {
  name: string;
  email: string;
  phone: string;
  city: string;
}

export function LooksLike({
  typed,
  overview,
  onOpen,
}: {
  typed: Typed;
  overview: Overview | undefined;
  onOpen: (id: string) => void;
}) {
  const asked = useDeferredValue(JSON.stringify(typed));
  const { data } = useQuery({
    queryKey: ["customers", "like", asked],
    queryFn: () => call("customers.like", JSON.parse(asked) as Typed),
    enabled: typed.name.trim().length > 2 || typed.email.length > 2 || typed.phone.length > 2,
    placeholderData: (previous) => previous,
  });
  const found = data?.found ?? [];
  return (
    <div role="status" className="col-span-2 empty:hidden">
      {found.length > 0 ? (
        <div className="rounded-sm bg-sunken px-3 py-2">
          <p className="text-ink-2 text-small">{t("duplicates.looksLike")}</p>
          <ul>
            {found.map((one) => (
              <li key={one.id} className="flex items-baseline gap-2 py-0.5">
                <button
                  type="button"
                  className="cut font-medium text-accent-ink hover:underline"
                  title={t("customer.open", { name: one.name })}
                  onClick={() => onOpen(one.id)}
                >
                  {one.name}
                </button>
                <span className="cut text-ink-3 text-small">
                  {[
                    one.city,
                    userName(overview, one.assignedTo),
                    ...one.reasons.map((reason) => t(`duplicates.${reason}`)),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
