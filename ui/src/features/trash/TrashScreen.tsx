import { useQueryClient } from "@tanstack/react-query";
import {
  FileText,
  type LucideIcon,
  MessageSquare,
  Package,
  Paperclip,
  RotateCcw,
  UserRound,
  Users,
} from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import { Dialog } from "../../components/Overlay";
import { useRowCursor } from "../../components/useRowCursor";
import { type AppError, call, refresh, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { ago, count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Edit, Trashed } from "../../lib/types";
import { showToast } from "../../lib/ui";
import { useTrash } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";

const ICONS: Record<Trashed["kind"], LucideIcon> = {
  customers: Users,
  contacts: UserRound,
  interactions: MessageSquare,
  quotes: FileText,
  orders: Package,
  attachments: Paperclip,
};

interface Taken {
  item: Trashed;
  freeName: string;
  existingId: string | null;
  error: AppError;
}

/** The name went to somebody else meanwhile: both stay, one under another name. */
function NameTaken({
  taken,
  onClose,
  onRestore,
}: {
  taken: Taken;
  onClose: () => void;
  onRestore: (name: string) => void;
}) {
  const [name, setName] = useState(taken.freeName);
  const navigate = useNavigate();
  const { existingId } = taken;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onRestore(name);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("trash.taken", { name: taken.item.title })}
      about={t("trash.takenAbout")}
      foot={
        <>
          {existingId ? (
            <Button variant="quiet" onClick={() => navigate(`/customers/${existingId}`)}>
              {t("trash.openOther")}
            </Button>
          ) : null}
          <Button variant="primary" type="submit" form="restore-as" disabled={name.trim() === ""}>
            {t("trash.restore")}
          </Button>
        </>
      }
    >
      <form id="restore-as" onSubmit={submit}>
        <TextField label={t("trash.newName")} value={name} onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}

export function TrashScreen() {
  const { data, error } = useTrash();
  const items = data?.items ?? [];
  const client = useQueryClient();
  const { save } = useSave();
  const [taken, setTaken] = useState<Taken | null>(null);
  const restore = async (item: Trashed, name?: string) => {
    try {
      const { undo } = await call("trash.restore", { kind: item.kind, id: item.id, ...(name ? { name } : {}) });
      void refresh(client, [item.kind, "customers", "sync"]);
      setTaken(null);
      showToast(t("trash.restored", { name: name ?? item.title }), {
        label: t("undo.action"),
        run: () => void save(undo as Edit[]).catch(tellError),
      });
    } catch (thrown) {
      const problem = toAppError(thrown);
      const { freeName, existingId } = problem.details;
      if (typeof freeName !== "string") return tellError(thrown);
      setTaken({ item, freeName, existingId: typeof existingId === "string" ? existingId : null, error: problem });
    }
  };
  const { at, setCursor } = useRowCursor(items.length, (index) =>
    items[index] ? void restore(items[index]) : undefined,
  );
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("trash.title")}</h1>
        <span data-num className="text-ink-3 text-small">
          {data ? count(items.length) : ""}
        </span>
        <p className="ml-auto text-ink-3">{t("trash.about")}</p>
      </header>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} /> : null}
      {data && items.length === 0 ? (
        <EmptyState title={t("trash.empty")} way={{ to: "/customers", label: t("customers.open") }}>
          {t("trash.emptyAbout")}
        </EmptyState>
      ) : null}
      <ul className="min-h-0 flex-1 overflow-y-auto">
        {items.map((item, index) => {
          const Icon = ICONS[item.kind];
          return (
            <li
              key={item.id}
              data-row={index}
              aria-current={index === at ? "true" : undefined}
              onMouseMove={() => (index === at ? undefined : setCursor(index))}
              className={cx(
                "grid h-row grid-cols-[16px_minmax(0,1.4fr)_minmax(0,1fr)_120px_auto] items-center gap-3 border-line-faint border-b pr-4 pl-4",
                index === at && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
              )}
            >
              <Icon size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
              <span className="cut font-medium" title={item.title}>
                {item.title || t(`trash.${item.kind}`)}
              </span>
              <span className="cut text-ink-2">
                {item.customerId ? (
                  <Link to={`/customers/${item.customerId}`} tabIndex={-1}>
                    {t(`trash.${item.kind}`)} · {item.customerName}
                  </Link>
                ) : item.mergedInto ? (
                  <Link to={`/customers/${item.mergedInto}`} tabIndex={-1}>
                    {t("trash.mergedInto", { name: item.mergedIntoName ?? "–" })}
                  </Link>
                ) : item.children > 0 ? (
                  t("trash.withChildren", { count: item.children })
                ) : (
                  t(`trash.${item.kind}`)
                )}
              </span>
              <time data-num className="text-right text-ink-3">
                {ago(item.deletedAt)}
              </time>
              <Button
                size="small"
                icon={RotateCcw}
                aria-label={t("trash.restoreNamed", { name: item.title })}
                onClick={() => void restore(item)}
              >
                {t("trash.restore")}
              </Button>
            </li>
          );
        })}
      </ul>
      {taken ? (
        <NameTaken taken={taken} onClose={() => setTaken(null)} onRestore={(name) => void restore(taken.item, name)} />
      ) : null}
    </main>
  );
}
