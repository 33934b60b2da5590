import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { count } from "../lib/format";
import { t } from "../lib/i18n";
import { SelectField } from "./Field";
import { Segments } from "./Segments";

/** What a list of quotes or orders shows, kept in the address: whose, which status, and whatever else is asked by name. */
export function useSalesView<S extends string>(statuses: readonly S[]) {
  const [params, setParams] = useSearchParams();
  const change = (name: string, value: string | null) => {
    const next = new URLSearchParams(params);
    if (value === null) next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  return {
    status: statuses.find((one) => one === params.get("status")) ?? null,
    mine: params.get("of") !== "all",
    asked: (name: string) => params.get(name),
    change,
  };
}

interface Props<S extends string> {
  title: string;
  total: number | null | undefined;
  view: ReturnType<typeof useSalesView<S>>;
  /** The statuses that can be chosen; none where the screen shows all at once. */
  statuses?: readonly { value: S; label: string }[];
  children?: ReactNode;
}

/** The head of a list of quotes or orders. */
export function SalesHead<S extends string>({ title, total, view, statuses, children }: Props<S>) {
  return (
    <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
      <h1 className="font-semibold text-lead">{title}</h1>
      <span data-num className="mr-auto text-ink-3 text-small">
        {typeof total === "number" ? count(total) : ""}
      </span>
      {statuses ? (
        <SelectField
          bare
          className="[&_select]:h-control"
          label={t("column.status")}
          value={view.status ?? ""}
          onChange={(event) => view.change("status", event.target.value || null)}
          options={[{ value: "", label: t("sales.anyStatus") }, ...statuses]}
        />
      ) : null}
      <Segments
        label={t("today.whose")}
        value={view.mine ? "mine" : "all"}
        onChange={(value) => view.change("of", value === "all" ? value : null)}
        options={[
          { value: "mine", label: t("sales.mine") },
          { value: "all", label: t("sales.all") },
        ]}
      />
      {children}
    </header>
  );
}
