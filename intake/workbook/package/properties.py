"""Custom properties of a document (ECMA-376, 15.2.12.2): one whole number that is ours, beside whatever others have there."""

from lxml import etree

from intake.workbook.package.markup import child, first, local, named, parse, written
from intake.workbook.package.parts import Package

_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def _part(package: Package) -> str:
    found = package.relations("").of_kind("custom-properties")
    return found[0].target if found and package.exists(found[0].target) else ""


def number_property(package: Package, name: str) -> int | None:
    """Return a property's value, None when there is none or it is no whole number."""
    part = _part(package)
    if not part:
        return None
    for one in named(parse(package.read(part)), "property"):
        if one.get("name") == name and len(one):
            try:
                return int(float(one[0].text or ""))
            except ValueError:
                return None
    return None


def set_number_property(package: Package, name: str, value: int) -> None:
    """Set a property."""
    part = _part(package)
    root = parse(
        package.read(part) if part else f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VALUES}"/>'.encode()
    )
    found = next((one for one in named(root, "property") if one.get("name") == name), None)
    if found is None:
        taken = [int(one.get("pid", "1")) for one in named(root, "property")]
        found = child(
            root, "property", [("fmtid", _FORMAT), ("pid", str(max([1, *taken]) + 1)), ("name", name)]
        )
    number = first(found, "i4")
    for old in [one for one in found if local(one) and one is not number]:
        found.remove(old)
    if number is None:
        number = etree.SubElement(found, f"{{{_VALUES}}}i4")
    number.text = str(value)
    if part:
        package.put(part, written(root))
        return
    part = (
        package.free_name("docProps/custom.xml")
        if package.exists("docProps/custom.xml")
        else "docProps/custom.xml"
    )
    package.relations("").add("custom-properties", part)
    package.put(part, written(root), _TYPE)
