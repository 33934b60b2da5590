import { useQueries } from "@tanstack/react-query";
import { ChevronDown, Pencil, Plus, Share2, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { TextField } from "../../components/Field";
import { Menu } from "../../components/Menu";
import { Popover } from "../../components/Popover";
import type { SavedView } from "../../gen/records";
import { call } from "../../lib/call";
import { cx } from "../../lib/cx";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useSavedViews, useViewEdits } from "./savedViews";
import { type ChangeView, listArgs, PLAIN, type View, viewOf } from "./view";

/** How many customers each view shows. */
function useCounts(views: readonly View[], me: string | null): (number | null)[] {
  const found = useQueries({
    queries: views.map((view) => {
      const { filter } = listArgs(view, me);
      return {
        queryKey: ["customers", "count", filter],
        queryFn: async () => (await call("records.list", { kind: "customers", filter, limit: 1 })).total,
      };
    }),
  });
  return found.map((one) => one.data ?? null);
}

function Tab({
  name,
  total,
  current,
  onOpen,
  children,
}: {
  name: string;
  total: number | null;
  current: boolean;
  onOpen: () => void;
  children?: ReactNode;
}) {
  return (
    <span
      className={cx(
        "relative flex h-full shrink-0 items-center",
        current && "after:absolute after:inset-x-1 after:bottom-0 after:h-0.5 after:bg-ink",
      )}
    >
      <button
        type="button"
        aria-current={current ? "page" : undefined}
        onClick={onOpen}
        className={cx(
          "flex h-7 items-center gap-1.5 rounded-sm px-2",
          current ? "font-medium text-ink" : "text-ink-2 hover:bg-hover",
        )}
      >
        <span className="cut max-w-[180px]" title={name}>
          {name}
        </span>
        {total === null ? null : (
          <span data-num className="font-normal text-ink-3 text-small">
            {count(total)}
          </span>
        )}
      </button>
      {children}
    </span>
  );
}

function NameForm({
  start,
  action,
  onSave,
}: {
  start: string;
  action: string;
  onSave: (name: string, shared: boolean) => void;
}) {
  const [name, setName] = useState(start);
  const [shared, setShared] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) onSave(name.trim(), shared);
      }}
    >
      <TextField
        label={t("views.name")}
        value={name}
        autoFocus
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
      />
      {start === "" ? (
        <label className="mt-2 flex items-center gap-2">
          <input
            type="checkbox"
            className="size-3.5 accent-(--accent)"
            checked={shared}
            onChange={(event) => setShared(event.target.checked)}
          />
          {t("views.shared")}
        </label>
      ) : null}
      <Button variant="primary" type="submit" className="mt-3" disabled={name.trim() === ""}>
        {action}
      </Button>
    </form>
  );
}

function OwnMenu({ saved, onDropped }: { saved: SavedView; onDropped: () => void }) {
  const [renaming, setRenaming] = useState(false);
  const { rename, share, drop } = useViewEdits();
  if (renaming) {
    return (
      <Popover
        label={t("views.rename")}
        open
        onOpenChange={setRenaming}
        width="w-[260px]"
        trigger={<IconButton small icon={ChevronDown} label={t("views.more", { name: saved.name })} />}
      >
        <NameForm
          start={saved.name}
          action={t("views.rename")}
          onSave={(name) => {
            setRenaming(false);
            void rename(saved, name);
          }}
        />
      </Popover>
    );
  }
  return (
    <Menu
      trigger={<IconButton small icon={ChevronDown} label={t("views.more", { name: saved.name })} />}
      items={[
        { label: t("views.rename"), icon: Pencil, run: () => setRenaming(true) },
        { label: t(saved.shared ? "views.unshare" : "views.share"), icon: Share2, run: () => void share(saved) },
        {
          label: t("views.drop"),
          icon: Trash2,
          danger: true,
          run: () => void drop(saved).then((gone) => (gone ? onDropped() : undefined)),
        },
      ]}
    />
  );
}

interface Props {
  view: View;
  me: string | null;
  change: ChangeView;
}

/** All customers, and every saved view, each a press away; the plus keeps the view as it is now. */
export function ViewTabs({ view, me, change }: Props) {
  const saved = useSavedViews();
  const [naming, setNaming] = useState(false);
  const { keep } = useViewEdits();
  // The tab that is open counts what it shows now, whatever was narrowed or widened since.
  const as = (id: string | null, kept: View) => (view.saved === id ? view : kept);
  const views = [as(null, PLAIN), ...saved.map((one) => as(one._id, viewOf(one._id, one.definition)))];
  const totals = useCounts(views, me);
  return (
    <nav aria-label={t("views.label")} className="flex h-full min-w-0 items-center gap-0.5 overflow-x-auto">
      <Tab name={t("views.all")} total={totals[0] ?? null} current={view.saved === null} onOpen={() => change(PLAIN)} />
      {saved.map((one, index) => (
        <Tab
          key={one._id}
          name={one.name}
          total={totals[index + 1] ?? null}
          current={view.saved === one._id}
          onOpen={() => change(viewOf(one._id, one.definition))}
        >
          {view.saved === one._id && one.userId === me ? (
            <OwnMenu saved={one} onDropped={() => change({ saved: null })} />
          ) : null}
        </Tab>
      ))}
      <Popover
        label={t("views.keep")}
        open={naming}
        onOpenChange={setNaming}
        width="w-[260px]"
        trigger={<IconButton small icon={Plus} label={t("views.keep")} />}
      >
        <NameForm
          start=""
          action={t("views.keep")}
          onSave={(name, shared) => {
            setNaming(false);
            void keep(name, view, shared).then((id) => (id ? change({ saved: id }) : undefined));
          }}
        />
      </Popover>
    </nav>
  );
}
