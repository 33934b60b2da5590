import { type DragEvent, useCallback, useRef, useState } from "react";

function holdsFiles(event: DragEvent): boolean {
  return [...event.dataTransfer.types].includes("Files");
}

/** Lets files be dropped on an element: whether some hover over it, and what the element listens to. */
export function useFileDrop(onFiles: (files: File[]) => void, active = true) {
  // Each part inside sends its own enter and leave.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const end = useCallback(() => {
    depth.current = 0;
    setOver(false);
  }, []);
  const listeners = {
    onDragEnter: (event: DragEvent) => {
      if (!active || !holdsFiles(event)) return;
      depth.current += 1;
      setOver(true);
    },
    onDragOver: (event: DragEvent) => {
      if (!active || !holdsFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    },
    onDragLeave: () => {
      if (depth.current === 0) return;
      depth.current -= 1;
      if (depth.current === 0) end();
    },
    onDrop: (event: DragEvent) => {
      if (!active || !holdsFiles(event)) return;
      event.preventDefault();
      end();
      onFiles([...event.dataTransfer.files]);
    },
  };
  return { over, listeners };
}
