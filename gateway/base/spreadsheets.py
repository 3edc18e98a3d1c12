"""What a spreadsheet does to a text that it opens."""

STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet evaluate a text (OWASP, CSV Injection); the full-width forms do so in East Asian locales."""
