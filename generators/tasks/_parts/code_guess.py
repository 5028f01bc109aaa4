"""Guesses for `code`: values and names that tell their reader too much, or too little.

width=0        common, so a reader of much code would guess it
MODE = "mode"  told by its own name
x.read_text()  a method that every library has, whatever `read_text` is defined here
"""

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


EVERYWHERE = _listed(
    "add_argument add_done_callback add_parser as_posix assert_called_once assert_called_with"
    " assertEqual assertRaises call_later call_soon create_task get_event_loop is_alive is_dir"
    " is_file is_set iter_content log_message parse_args raise_for_status read_bytes read_text"
    " return_value run_until_complete set_exception set_name set_result setUp side_effect tearDown"
    " status_code to_bytes to_dict to_json from_dict from_json to_string write_bytes"
    " write_text get_logger get_name get_value set_value"
)
"""Methods that a call may mean in any repository, whatever else is defined there; our choice."""
COMMON = _listed(
    "none true false ellipsis utf utf8 utf-8 ascii latin latin-1 latin1 strict ignore replace auto"
    " default id name type get post put left right center all any str int float bool main bytes rb"
    " wb en us info debug warning error object exception baseexception abc enum intenum strenum"
    " flag intflag dict list tuple namedtuple typeddict protocol generic testcase unittest.testcase"
    " basemodel thread valueerror typeerror runtimeerror keyerror oserror importerror indexerror"
    " attributeerror notimplementederror userwarning module nn.module torch.nn.module 10 12 15 16"
    " 20 24 25 30 32 50 60 64 80 90 99 100 120 128 200 255 256 300 360 400 404 443 500 512 600 999"
    " 1000 1024 2048 3600 4096 8080 8192 65535 65536 10000 86400 0.0 0.1 0.2 0.25 0.3 0.5 0.75 0.8"
    " 0.9 0.95 0.99 0.01 0.05 0.001 1.0 1.5 2.0 3.0 5.0 10.0 100.0 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8"
    " 0.999 1000.0 -1 -2 -1.0 bytesio io.bytesio stringio io.stringio mapping mutablemapping"
    " sequence rawiobase io.rawiobase textiobase io.textiobase enum.enummeta userdict partial"
    " iterator iterable json.jsonencoder ast.nodevisitor logging.handler argparse.action local"
    " threading.thread threading.local ctypes.structure structure abc.abc enum.enum simplenamespace"
)
"""Values and bases, lower-cased, that a reader of much code would guess; our choice."""
LONGEST_ANSWER = 64
"""Characters of a value that is asked for."""


def is_guess(value: str, *names: str) -> bool:
    """Say whether a value is common, or its own name tells it, or it is too long or none."""
    inner = unquoted(value)
    plain = len(inner) <= 1 or inner.lower() in COMMON or not re.search(r"\w", inner)
    told = words_of(inner) & {word for name in names for word in words_of(name)}
    return not value or len(value) > LONGEST_ANSWER or "`" in value or plain or bool(told)


def unquoted(value: str) -> str:
    """Return a value without the quotation marks of a string, which may be written otherwise."""
    string = re.fullmatch(r"[A-Za-z]{0,2}(\"\"\"|'''|\"|')(.*)\1", value)
    return string[2].strip() if string else value


def words_of(name: str) -> set[str]:
    """Return the words of a name, lower-cased: SheetCutter_two -> sheet, cutter, two."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|\d+", name)}
