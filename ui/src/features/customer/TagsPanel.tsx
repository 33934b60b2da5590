import { X } from "lucide-react";
import { type FormEvent, type RefObject, useState } from "react";
import type { Customer } from "../../gen/records";
import { t } from "../../lib/i18n";
import type { Held } from "../../lib/types";
import { changeTag } from "../../record/edits";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { Panel } from "./Panel";

/** Tags, each an edit of its own: two people who tag at the same time both keep theirs. */
export function TagsPanel({ held, input }: { held: Held<Customer>; input: RefObject<HTMLInputElement | null> }) {
  const [typed, setTyped] = useState("");
  const { save } = useSave();
  const { tags } = held.record;
  const put = async (tag: string, on: boolean) => {
    try {
      await save([changeTag(held, tag, on)], t(on ? "tags.added" : "tags.removed", { tag }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const tag = typed.trim().replace(/\//g, "-");
    if (tag !== "" && !tags.includes(tag)) void put(tag, true);
    setTyped("");
  };
  return (
    <Panel title={t("tags.title")}>
      <form onSubmit={submit} className="flex flex-wrap items-center gap-1.5">
        {tags.map((tag) => (
          <span
            key={tag}
            className="inset-line inline-flex h-chip max-w-full items-center rounded-sm pl-1.5 text-small"
          >
            <span className="cut">{tag}</span>
            <button
              type="button"
              aria-label={t("tags.remove", { tag })}
              onClick={() => void put(tag, false)}
              className="grid h-full w-5 place-items-center rounded-r-sm text-ink-3 hover:bg-hover hover:text-ink"
            >
              <X size={11} />
            </button>
          </span>
        ))}
        <input
          ref={input}
          aria-label={t("tags.add")}
          placeholder={t("tags.add")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
          className="h-chip w-[110px] rounded-sm bg-transparent px-1.5 text-small hover:bg-hover focus:bg-surface"
        />
      </form>
    </Panel>
  );
}
