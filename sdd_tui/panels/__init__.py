"""What each panel shows, as rows of text from a run at a step: the app and `sdd show --panel` draw the same."""
