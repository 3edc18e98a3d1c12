"""The sheets of the workbook, one a file; ``gateway.package.workbook`` puts them together."""
