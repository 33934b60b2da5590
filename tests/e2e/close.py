"""Counts the windows of a name that can be seen, or asks them to close as the button in their frame does."""
import ctypes
import sys

x = ctypes.CDLL("libX11.so.6")
Window, Pointer = ctypes.c_ulong, ctypes.c_void_p
x.XOpenDisplay.restype = Pointer
x.XDefaultRootWindow.restype = Window
x.XInternAtom.restype = ctypes.c_ulong


class Message(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", Pointer),
        ("window", Window), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    ]


# A window may go while it is asked about.
handler = ctypes.CFUNCTYPE(ctypes.c_int, Pointer, Pointer)(lambda *_: 0)
x.XSetErrorHandler(handler)
display = Pointer(x.XOpenDisplay(None))


def tree(window):
    root, parent, children, count = Window(), Window(), ctypes.POINTER(Window)(), ctypes.c_uint()
    x.XQueryTree(display, Window(window), ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children), ctypes.byref(count))
    for index in range(count.value):
        yield children[index]
        yield from tree(children[index])


def name(window):
    text = ctypes.c_char_p()
    x.XFetchName(display, Window(window), ctypes.byref(text))
    return (text.value or b"").decode()


def protocols(window):
    atoms, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_int()
    return bool(x.XGetWMProtocols(display, Window(window), ctypes.byref(atoms), ctypes.byref(count)))


def attributes(window):
    """What Xlib says, as words: the state of mapping stands behind the class, the gravity and the backing."""
    space = (ctypes.c_long * 64)()
    if not x.XGetWindowAttributes(display, Window(window), space):
        return 0
    raw = bytes(space)
    # x, y, width, height, border, depth (6 int), visual (ptr), root (long), class, bit and win gravity, backing store (4 int),
    # planes, pixel (2 long), save under (int, padded), colormap (long), installed, map state (2 int).
    at = 6 * 4 + 8 + 8 + 4 * 4 + 2 * 8 + 8 + 8 + 4
    return int.from_bytes(raw[at:at + 4], sys.byteorder)


VIEWABLE = 2
found = [w for w in tree(x.XDefaultRootWindow(display)) if name(w) == sys.argv[1] and protocols(w) and attributes(w) == VIEWABLE]
if sys.argv[2] == "close":
    for window in found:
        event = Message(type=33, send_event=1, display=display, window=window, format=32)
        event.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
        event.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        x.XSendEvent(display, Window(window), 0, ctypes.c_long(0), ctypes.byref(event))
    x.XSync(display, 0)
print(len(found))
