import { type LucideIcon, Search } from "lucide-react";
import { NavLink, useNavigate } from "react-router";
import { Avatar, initials } from "../components/Avatar";
import { Keys } from "../components/Keys";
import { cx } from "../lib/cx";
import { count } from "../lib/format";
import { t } from "../lib/i18n";
import { ariaKeys } from "../lib/keymap";
import { PLACES, type Place } from "../lib/places";
import type { SessionStatus } from "../lib/types";
import { ui } from "../lib/ui";
import { useDue } from "../record/queries";
import { RailViews } from "./RailViews";

interface ItemProps {
  to: string;
  icon: LucideIcon;
  label: string;
  badge: number;
  /** Red, and seen in a narrow rail, too. */
  urgent: boolean;
  keys: string;
}

const ITEM = "relative flex h-7 items-center gap-2 rounded-sm px-2 max-mid:px-2.5";

function Item({ to, icon: Icon, label, badge, urgent, keys }: ItemProps) {
  return (
    <NavLink
      to={to}
      title={label}
      aria-keyshortcuts={ariaKeys(keys)}
      className={({ isActive }) =>
        cx(ITEM, isActive ? "bg-pressed font-medium text-ink" : "text-ink-2 hover:bg-hover hover:text-ink")
      }
    >
      <Icon size={16} strokeWidth={1.75} className="shrink-0 text-ink-3" aria-hidden="true" />
      <span className="flex-1 max-mid:sr-only">{label}</span>
      {badge > 0 ? (
        <>
          <span
            data-num
            className={cx(
              "text-small max-mid:sr-only",
              urgent ? "font-semibold text-danger" : "font-normal text-ink-3",
            )}
          >
            {count(badge)}
          </span>
          {urgent ? (
            <span
              aria-hidden="true"
              className="absolute top-1 left-6 hidden size-[7px] rounded-full bg-danger max-mid:block"
            />
          ) : null}
        </>
      ) : null}
    </NavLink>
  );
}

export function Rail({ status, cards }: { status: SessionStatus; cards: number }) {
  const navigate = useNavigate();
  const org = status.org?.name ?? t("app.name");
  const user = status.user?.name ?? "";
  const due = useDue().data;
  const numbers = { needsYou: cards, due: due ? due.overdue + due.today : 0 };
  const items = (part: Place["part"]) =>
    PLACES.filter((place) => place.part === part).map(({ to, go, label, icon, counts }) => (
      <Item
        key={to}
        to={to}
        icon={icon}
        label={t(label)}
        keys={`g ${go}`}
        badge={counts ? numbers[counts] : 0}
        urgent={counts === "needsYou"}
      />
    ));
  return (
    <nav
      aria-label={t("rail.label")}
      className="row-start-2 flex min-h-0 flex-col overflow-y-auto border-line border-r bg-app p-2"
    >
      <div className="flex h-control-lg items-center gap-2 px-1.5 font-semibold max-mid:px-2" title={org}>
        <span
          aria-hidden="true"
          className="grid size-5 shrink-0 place-items-center rounded-sm bg-ink text-micro text-surface"
        >
          {initials(org).slice(0, 1)}
        </span>
        <span className="cut max-mid:sr-only">{org}</span>
      </div>
      <button
        type="button"
        title={t("palette.open")}
        aria-keyshortcuts="Control+K"
        onClick={() => ui.set({ palette: true })}
        className="inset-line my-1.5 mb-3 flex h-control-lg shrink-0 items-center gap-2 rounded-sm bg-surface px-2 text-ink-3 hover:text-ink-2 max-mid:px-2.5"
      >
        <Search size={16} strokeWidth={1.75} className="shrink-0" aria-hidden="true" />
        <span className="cut flex-1 text-left max-mid:sr-only">{t("palette.button")}</span>
        <span className="max-mid:hidden">
          <Keys of="mod+k" />
        </span>
      </button>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-px">{items("work")}</div>
      <RailViews />
      <div className="mt-auto grid grid-cols-[minmax(0,1fr)] gap-px pt-4">
        {items("house")}
        <button
          type="button"
          title={user}
          aria-label={t("rail.user", { name: user })}
          onClick={() => navigate("/settings")}
          className={cx(ITEM, "mt-2 pl-1.5 text-ink-2 hover:bg-hover max-mid:px-2")}
        >
          <Avatar name={user} me />
          <span className="cut max-mid:hidden">{user}</span>
        </button>
      </div>
    </nav>
  );
}
