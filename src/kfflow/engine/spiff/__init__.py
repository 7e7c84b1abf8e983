# SPDX-License-Identifier: LGPL-3.0-or-later
"""Everything that subclasses SpiffWorkflow: tokens, executions, and one task spec per kind of element.

SpiffWorkflow carries specs, the task tree and the life cycle of a task; what an element does is written here,
from the standard. docs/adr/0001 says why. Licence of this package: LICENSE beside this file.
"""
