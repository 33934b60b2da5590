import { ListFilter, Search } from "lucide-react";
import { type ReactNode, type RefObject, useId } from "react";
import { Button } from "../../components/Button";
import { FilterChip } from "../../components/Chip";
import { Keys } from "../../components/Keys";
import { Menu, type MenuItem } from "../../components/Menu";
import { StatusGlyph } from "../../components/Status";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { userName } from "../../record/queries";
import { isFiltered, ME, NOBODY, STATUSES, type View } from "./view";

interface Props {
  view: View;
  change: (part: Partial<View>) => void;
  overview: Overview | undefined;
  search: RefObject<HTMLInputElement | null>;
  onLeaveSearch: () => void;
  /** What stands at the right end. */
  children?: ReactNode;
}

function statusItems({ view, change }: Props): MenuItem[] {
  return STATUSES.map((status) => ({
    label: t(`status.${status}`),
    icon: () => <StatusGlyph status={status} />,
    checked: view.status.includes(status),
    run: () =>
      change({
        status: view.status.includes(status) ? view.status.filter((one) => one !== status) : [...view.status, status],
      }),
  }));
}

function ownerItems({ view, change, overview }: Props): MenuItem[] {
  const item = (owner: string, label: string): MenuItem => ({
    label,
    checked: view.owner === owner,
    run: () => change({ owner: view.owner === owner ? null : owner }),
  });
  const others = (overview?.users ?? []).filter((user) => user.isActive && user._id !== overview?.me._id);
  return [
    item(ME, t("filter.me", { name: overview?.me.name ?? "" })),
    ...others.map((user) => item(user._id, user.name)),
    item(NOBODY, t("customer.noOwner")),
  ];
}

function SearchBox({ view, change, search, onLeaveSearch }: Props) {
  const id = useId();
  return (
    <span className="relative">
      <label htmlFor={id} className="sr-only">
        {t("search.label")}
      </label>
      <Search size={14} className="pointer-events-none absolute top-[7px] left-2 text-ink-3" aria-hidden="true" />
      <input
        ref={search}
        id={id}
        type="search"
        value={view.q}
        placeholder={t("search.placeholder")}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change({ q: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") change({ q: "" });
          if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault();
            onLeaveSearch();
          }
        }}
        className="field-edge h-control w-[240px] rounded-sm bg-surface pr-8 pl-7 max-mid:w-[200px] [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="absolute top-[5px] right-1.5">
        <Keys of="/" />
      </span>
    </span>
  );
}

export function FilterBar(props: Props) {
  const { view, change, overview } = props;
  const owner =
    view.owner === NOBODY
      ? t("customer.noOwner")
      : view.owner === ME
        ? (overview?.me.name ?? "")
        : userName(overview, view.owner);
  return (
    <div className="flex h-filterbar shrink-0 items-center gap-1.5 border-line border-b px-4">
      <SearchBox {...props} />
      <Menu
        trigger={
          <Button variant="quiet" icon={ListFilter} className="ml-1">
            {t("filter.status")}
          </Button>
        }
        items={statusItems(props)}
      />
      <Menu trigger={<Button variant="quiet">{t("filter.owner")}</Button>} items={ownerItems(props)} />
      {view.status.length > 0 ? (
        <FilterChip
          field={t("filter.status")}
          value={view.status.map((status) => t(`status.${status}`)).join(", ")}
          removeLabel={t("filter.remove", { field: t("filter.status") })}
          onRemove={() => change({ status: [] })}
        />
      ) : null}
      {view.owner ? (
        <FilterChip
          field={t("filter.owner")}
          value={owner ?? t("filter.someone")}
          removeLabel={t("filter.remove", { field: t("filter.owner") })}
          onRemove={() => change({ owner: null })}
        />
      ) : null}
      {isFiltered(view) ? (
        <Button variant="link" className="ml-1 text-small" onClick={() => change({ q: "", status: [], owner: null })}>
          {t("filter.clear")}
        </Button>
      ) : null}
      <label className="ml-auto flex items-center gap-1.5 text-ink-2">
        <input
          type="checkbox"
          checked={view.inactive}
          onChange={(event) => change({ inactive: event.target.checked })}
          className="size-3.5 accent-(--accent)"
        />
        {t("filter.inactive")}
      </label>
      {props.children}
    </div>
  );
}
