"""CSV files as strangers write them: their encoding, what separates their cells, their records one by one."""
