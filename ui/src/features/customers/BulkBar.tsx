import { Trash2, UserRound } from "lucide-react";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { changeField, remove } from "../../record/edits";
import { getHeld } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";

interface Props {
  ids: ReadonlySet<string>;
  overview: Overview | undefined;
  onClear: () => void;
}

/** What can be done with all ticked customers at once; one undo takes all of it back. */
export function BulkBar({ ids, overview, onClear }: Props) {
  const { save } = useSave();
  if (ids.size === 0) return null;
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
      onClear();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const assign = (userId: string, name: string) =>
    attempt(async () => {
      const held = await Promise.all([...ids].map((id) => getHeld("customers", id)));
      const edits = held.map((seen) => changeField("customers", seen, "assignedTo", userId));
      await save(edits, t("bulk.assigned", { count: edits.length, name }));
    });
  const drop = () =>
    attempt(() =>
      save(
        [...ids].map((id) => remove("customers", id)),
        t("bulk.deleted", { count: ids.size }),
      ),
    );
  const people = (overview?.users ?? []).filter((user) => user.isActive);
  return (
    <section
      aria-label={t("bulk.region")}
      className="absolute bottom-4 left-1/2 z-(--z-bulkbar) flex h-10 -translate-x-1/2 animate-appear items-center gap-0.5 rounded-md bg-raised pr-1.5 pl-3 shadow-pop"
    >
      <span data-num role="status" className="mr-2 font-medium">
        {t("bulk.selected", { count: ids.size })}
      </span>
      <Menu
        trigger={
          <Button variant="quiet" icon={UserRound}>
            {t("bulk.assign")}
          </Button>
        }
        items={people.map((user) => ({ label: user.name, run: () => void assign(user._id, user.name) }))}
      />
      <Button variant="quiet" icon={Trash2} onClick={() => void drop()}>
        {t("bulk.delete")}
      </Button>
      <span className="mx-1 h-5 w-px bg-line" />
      <Button variant="quiet" keys="Escape" onClick={onClear}>
        {t("bulk.clear")}
      </Button>
    </section>
  );
}
