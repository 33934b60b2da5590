import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Popover } from "../../components/Popover";
import { t } from "../../lib/i18n";
import { COLUMNS, columnsOf, moved, toggled } from "./columns";

interface Props {
  names: readonly string[] | null;
  onChange: (names: string[] | null) => void;
}

/** Which columns, and in which order. */
export function ColumnsMenu({ names, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const shown = columnsOf(names);
  const ids = shown.map((column) => column.id as string);
  const others = COLUMNS.filter((column) => !ids.includes(column.id));
  return (
    <Popover
      label={t("columns.title")}
      align="end"
      open={open}
      onOpenChange={setOpen}
      width="w-[280px]"
      trigger={
        <Button variant="quiet" icon={Columns3}>
          {t("columns.title")}
        </Button>
      }
    >
      <ul>
        {[...shown, ...others].map((column) => {
          const on = ids.includes(column.id);
          const name = t(column.label);
          const fixed = column.id === "name";
          return (
            <li key={column.id} className="flex h-7 items-center gap-1">
              <label className="flex flex-1 items-center gap-2">
                <input
                  type="checkbox"
                  className="size-3.5 accent-(--accent)"
                  checked={on}
                  disabled={fixed}
                  onChange={() => onChange(toggled(ids, column.id))}
                />
                {name}
              </label>
              {on && !fixed ? (
                <>
                  <IconButton
                    small
                    icon={ArrowUp}
                    label={t("columns.up", { name })}
                    disabled={ids.indexOf(column.id) <= 1}
                    onClick={() => onChange(moved(ids, column.id, -1))}
                  />
                  <IconButton
                    small
                    icon={ArrowDown}
                    label={t("columns.down", { name })}
                    disabled={ids.indexOf(column.id) === ids.length - 1}
                    onClick={() => onChange(moved(ids, column.id, 1))}
                  />
                </>
              ) : null}
            </li>
          );
        })}
      </ul>
      {names === null ? null : (
        <Button variant="link" className="mt-2" onClick={() => onChange(null)}>
          {t("columns.reset")}
        </Button>
      )}
    </Popover>
  );
}
