"""The mapping of a calendar: editor, preview, trial, copying."""
