import { Archive, CircleDot, Ellipsis, Flag, Tag, Trash2, UserRound } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { useActions } from "../../lib/actions";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { BulkDialog } from "./BulkDialog";
import type { BulkKind } from "./bulk";

interface Props {
  ids: ReadonlySet<string>;
  total: number;
  overview: Overview | undefined;
  onClear: () => void;
  onAll: () => void;
}

function BulkKeys({ onChoose }: { onChoose: (kind: BulkKind) => void }) {
  useActions([
    { keys: "s", label: "keys.status", icon: CircleDot, run: () => onChoose("status") },
    { keys: "a", label: "keys.assign", icon: UserRound, run: () => onChoose("assign") },
    { keys: "t", label: "keys.tags", icon: Tag, run: () => onChoose("tags") },
    { keys: "f", label: "followUp.plan", icon: Flag, run: () => onChoose("followUp") },
  ]);
  return null;
}

/** What can be done with all ticked customers at once; one undo takes all of it back. */
export function BulkBar({ ids, total, overview, onClear, onAll }: Props) {
  const [kind, setKind] = useState<BulkKind | null>(null);
  if (ids.size === 0) return null;
  return (
    <section
      aria-label={t("bulk.region")}
      className="absolute bottom-4 left-1/2 z-(--z-bulkbar) flex h-10 max-w-[calc(100%-32px)] -translate-x-1/2 max-mid:[&_kbd]:hidden animate-appear items-center gap-0.5 rounded-md bg-raised pr-1.5 pl-3 shadow-pop"
    >
      <BulkKeys onChoose={setKind} />
      <span data-num role="status" className="mr-2 whitespace-nowrap font-medium">
        {t("bulk.selected", { count: ids.size })}
      </span>
      {ids.size < total ? (
        <Button variant="link" className="mr-2" onClick={onAll}>
          {t("bulk.all", { count: total, shown: count(total) })}
        </Button>
      ) : null}
      <Button variant="quiet" icon={CircleDot} keys="s" onClick={() => setKind("status")}>
        {t("field.status")}
      </Button>
      <Button variant="quiet" icon={UserRound} keys="a" onClick={() => setKind("assign")}>
        {t("bulk.assign")}
      </Button>
      <Button variant="quiet" icon={Tag} keys="t" onClick={() => setKind("tags")}>
        {t("field.tags")}
      </Button>
      <Button variant="quiet" icon={Flag} keys="f" onClick={() => setKind("followUp")}>
        {t("followUp.label")}
      </Button>
      <Menu
        trigger={<IconButton icon={Ellipsis} label={t("bulk.moreActions")} />}
        items={[
          { label: t("bulk.aside"), icon: Archive, run: () => setKind("aside") },
          { label: t("bulk.delete"), icon: Trash2, danger: true, run: () => setKind("trash") },
        ]}
      />
      <span className="mx-1 h-5 w-px bg-line" />
      <Button variant="quiet" keys="Escape" onClick={onClear}>
        {t("bulk.clear")}
      </Button>
      {kind ? (
        <BulkDialog
          kind={kind}
          ids={[...ids]}
          overview={overview}
          onClose={() => setKind(null)}
          onDone={() => {
            setKind(null);
            onClear();
          }}
        />
      ) : null}
    </section>
  );
}
