import { Ellipsis, Plus } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Menu } from "../../components/Menu";
import { toAppError } from "../../lib/call";
import { count, fileSize } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useAttachments, useCopiesRoom, useOverview } from "../../record/queries";
import { FileRow } from "./FileRow";
import { Panel } from "./Panel";
import type { Adding } from "./useAddFiles";

const MB = 1024 * 1024;
const ROOMS_MB = [0, 100, 500, 2_000, 10_000];

/** How much of this laptop copies may take. */
function RoomMenu() {
  const { data, set } = useCopiesRoom();
  if (!data) return null;
  const rooms = [...new Set([...ROOMS_MB, data.megabytes])].toSorted((a, b) => a - b);
  return (
    <Menu
      align="end"
      trigger={<IconButton small icon={Ellipsis} label={t("files.room", { used: fileSize(data.bytesHere) })} />}
      items={rooms.map((megabytes) => ({
        label: megabytes === 0 ? t("files.roomNone") : t("files.roomUpTo", { size: fileSize(megabytes * MB) }),
        checked: megabytes === data.megabytes,
        run: () => void set(megabytes),
      }))}
    />
  );
}

function Actions({ adding, canAdd }: { adding: Adding; canAdd: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <span className="flex">
      <RoomMenu />
      {canAdd ? (
        <>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            aria-label={t("files.add")}
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              // So that the same file can be chosen again.
              event.target.value = "";
              void adding.add(files);
            }}
          />
          <IconButton small icon={Plus} label={t("files.add")} onClick={() => input.current?.click()} />
        </>
      ) : null}
    </span>
  );
}

/** What lies beside a customer: who added it, and whether a copy is on this laptop. */
export function FilesPanel({ customerId, adding }: { customerId: string; adding: Adding }) {
  const { data, error, refetch } = useAttachments(customerId);
  const overview = useOverview().data;
  const items = data?.items ?? [];
  return (
    <Panel
      title={t("files.title")}
      count={items.length > 0 ? count(items.length) : undefined}
      action={<Actions adding={adding} canAdd={data?.canAdd ?? false} />}
    >
      {error ? <ErrorNote error={toAppError(error)} ways={{ retry: () => void refetch() }} /> : null}
      {adding.progress ? (
        <p role="status" className="text-ink-2">
          {t("files.adding", adding.progress)}
        </p>
      ) : null}
      {adding.refused.map(({ name, why }) => (
        <p key={name} role="alert" className="mb-1.5 break-words rounded-sm bg-danger-soft px-2 py-1.5">
          <span className="font-medium">{name}</span> {why}
        </p>
      ))}
      {data && items.length === 0 ? (
        <p className="text-ink-3">{data.canAdd ? t("files.empty") : t("files.none")}</p>
      ) : null}
      <ul className="-mx-2">
        {items.map((file) => (
          <FileRow key={file._id} file={file} overview={overview} canEdit={data?.canAdd ?? false} />
        ))}
      </ul>
    </Panel>
  );
}
