import { useQuery } from "@tanstack/react-query";
import { Download, RefreshCw } from "lucide-react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { call, toAppError } from "../../lib/call";
import { ago, count } from "../../lib/format";
import { hasMessage, type Key, t } from "../../lib/i18n";
import { useSync } from "../../record/queries";
import { tellError } from "../../record/tell";
import { carry } from "../../record/work";
import { RecordLink } from "./RecordLink";

/** What the server has not answered yet, the longest waiting first; it can be sent, or carried there in a file. */
export function Waiting() {
  const sync = useSync().data;
  const { data, error, refetch } = useQuery({
    queryKey: ["waiting"],
    queryFn: () => call("sync.waiting", {}),
    meta: { reads: ["sync"] },
  });
  if (error) return <ErrorNote className="m-4" error={toAppError(error)} ways={{ retry: () => void refetch() }} />;
  if (!data) return null;
  if (data.total === 0) return <EmptyState title={t("waiting.empty")}>{t("waiting.emptyAbout")}</EmptyState>;
  const alone = sync?.phase === "localOnly";
  const more = data.total - data.items.length;
  return (
    <div className="max-w-[960px] px-6 py-4">
      <p className="mb-3 text-ink-2">{t(alone ? "waiting.alone" : "waiting.about", { count: data.total })}</p>
      {alone ? null : (
        <div className="mb-4 flex gap-2">
          <Button
            icon={RefreshCw}
            keys="mod+shift+s"
            disabled={sync?.workOffline}
            onClick={() => void call("sync.now", {}).catch(tellError)}
          >
            {t("sync.now")}
          </Button>
          <Button icon={Download} onClick={() => void carry().catch(tellError)}>
            {t("waiting.carry")}
          </Button>
        </div>
      )}
      <ul aria-label={t("inbox.waiting")}>
        {data.items.map((item) => (
          <li key={`${item.kind}/${item.id}`} className="flex items-baseline gap-3 border-line-faint border-b py-2">
            <span className="w-[110px] shrink-0 text-ink-3 text-small">
              {hasMessage(`kind.${item.kind}`) ? t(`kind.${item.kind}` as Key) : t("card.record")}
            </span>
            <span className="min-w-0 flex-1">
              <RecordLink {...item} />
            </span>
            {item.held ? <span className="text-small text-warn">{t("waiting.held")}</span> : null}
            <span data-num className="shrink-0 text-ink-3 text-small">
              {ago(item.since)}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="py-2 text-ink-3">{t("waiting.more", { count: count(more) })}</p> : null}
    </div>
  );
}
