"""What every page shares: guards, headers, languages, error pages."""
