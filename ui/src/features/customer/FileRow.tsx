import {
  Download,
  Ellipsis,
  ExternalLink,
  File,
  FileArchive,
  FileImage,
  FileSpreadsheet,
  FileText,
  HardDriveDownload,
  HardDriveUpload,
  type LucideIcon,
  Trash2,
} from "lucide-react";
import { useState } from "react";
import { IconButton } from "../../components/Button";
import { Menu, type MenuItem } from "../../components/Menu";
import { WaitingDot } from "../../components/WaitingDot";
import type { BesideFile } from "../../gen/commands";
import { call } from "../../lib/call";
import { localDay } from "../../lib/dates";
import { fileSize, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { showToast } from "../../lib/ui";
import { remove } from "../../record/edits";
import { userName } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellFile } from "./tellFile";

const ICONS: [RegExp, LucideIcon][] = [
  [/\.(png|jpe?g|gif|webp|avif|heic|heif|bmp|tiff?)$/i, FileImage],
  [/\.(xlsx?|ods|csv|tsv)$/i, FileSpreadsheet],
  [/\.(zip|7z|rar|gz)$/i, FileArchive],
  [/\.(pdf|docx?|odt|rtf|txt|md|eml|msg)$/i, FileText],
];

/** Where the content is, in words. */
function placeOf(file: BesideFile): string {
  if (file.unsent) return file.refusal ? t("files.notSent") : t("files.unsent");
  if (file.copy === "coming" && file.refusal) return t("files.notFetched");
  return t(`files.${file.copy}`);
}

interface Props {
  file: BesideFile;
  overview: Overview | undefined;
  canEdit: boolean;
}

/** One file: its name opens it, the rest is in its menu. */
export function FileRow({ file, overview, canEdit }: Props) {
  const { save } = useSave();
  const [busy, setBusy] = useState(false);
  const { name } = file;
  const attempt = async (deed: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    try {
      await deed();
    } catch (thrown) {
      tellFile(thrown, name);
    } finally {
      setBusy(false);
    }
  };
  const open = () => attempt(() => call("attachments.open", { id: file._id }));
  const saveAs = () =>
    attempt(async () => {
      const { path } = await call("export.pick", { name });
      if (path === null) return;
      await call("attachments.save", { id: file._id, path });
      showToast(t("files.saved", { path }));
    });
  const keep = (on: boolean) => attempt(() => call("attachments.keep", { id: file._id, on }));
  const here = file.copy === "here" || file.copy === "kept";
  const items: MenuItem[] = [
    { label: t("files.open"), icon: ExternalLink, run: () => void open() },
    { label: t("files.saveAs"), icon: Download, run: () => void saveAs() },
  ];
  if (file.copy !== "kept") {
    items.push({ label: t("files.keep"), icon: HardDriveDownload, run: () => void keep(true) });
  }
  if (here || file.copy === "coming") {
    items.push({ label: t("files.drop"), icon: HardDriveUpload, run: () => void keep(false) });
  }
  if (canEdit) {
    const drop = () => attempt(() => save([remove("attachments", file._id)], t("files.deleted", { name })));
    items.push({ label: t("delete"), icon: Trash2, danger: true, run: () => void drop() });
  }
  const Icon = ICONS.find(([ending]) => ending.test(name))?.[1] ?? File;
  const by = userName(overview, file.createdBy);
  const about = [fileSize(file.bytes), by, shortDay(localDay(file.createdAt))].filter(Boolean).join(" · ");
  return (
    <li className="group relative grid grid-cols-[16px_minmax(0,1fr)] items-start gap-x-2 rounded-sm px-2 py-1 hover:bg-hover">
      <Icon size={16} strokeWidth={1.75} className="mt-1 text-ink-3" aria-hidden="true" />
      <div className="min-w-0">
        <div className="flex items-center gap-1.5 pr-7">
          <button
            type="button"
            title={name}
            disabled={busy}
            className="cut min-h-6 rounded-xs text-left font-medium hover:underline"
            onClick={() => void open()}
          >
            {name}
          </button>
          {file.waiting || file.unsent ? <WaitingDot label={t("list.waiting")} /> : null}
        </div>
        <span data-num className="cut block text-ink-3 text-small" title={about}>
          {about}
        </span>
        <span className="cut block text-ink-2 text-small">{busy ? t("files.busy") : placeOf(file)}</span>
      </div>
      <span className="absolute top-1 right-1">
        <Menu
          align="end"
          trigger={
            <IconButton
              small
              icon={Ellipsis}
              label={t("files.more", { name })}
              className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100"
            />
          }
          items={items}
        />
      </span>
    </li>
  );
}
