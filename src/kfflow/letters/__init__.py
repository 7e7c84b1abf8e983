"""Letters: a typst template and the data of a case become a PDF, the same bytes each time. No clock, no SQL.

template = templates.parse("afgoerelse.typ", source)
pdf = rendering.render("afgoerelse.typ", {"afgoerelse.typ": source, "brevhoved.typ": head}, data, at)
"""
