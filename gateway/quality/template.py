"""The validation page as a Jinja template: no address, no script; everything that a reader sees is in it."""

PAGE = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>数据质量检验报告 {{ heading.release }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
  <h1>数据质量检验报告 <span class="en" lang="en">Data validation report</span></h1>
  <dl class="facts">
    <div><dt>批次 <span class="en" lang="en">Release</span></dt><dd class="code">{{ heading.release }}</dd></div>
    <div><dt>数据月份 <span class="en" lang="en">Reference period</span></dt><dd>{{ heading.period.zh }}
      <span class="en" lang="en">{{ heading.period }}</span></dd></div>
    <div><dt>数据提供方 <span class="en" lang="en">Provider</span></dt><dd>{{ heading.provider }}</dd></div>
    <div><dt>通过项数 <span class="en" lang="en">Checks passed</span></dt><dd>{{ passed }} / {{ total }}</dd></div>
  </dl>
  <p class="verdict {{ 'stop' if blocked else 'go' }}" role="status">
    {%- if blocked %}
    <span class="sign" aria-hidden="true">✘</span>
    <span><strong>未通过，批次已阻断</strong>：{{ failed_blocking }} 项必须满足的要求未满足，问题解决前不得提交审核。
    <span class="en" lang="en">Blocked: {{ failed_blocking }} required checks failed; the release can't be
    submitted.</span></span>
    {%- elif warnings %}
    <span class="sign" aria-hidden="true">✔</span>
    <span><strong>通过，未阻断</strong>：必须满足的要求全部满足；另有 {{ warnings }} 项提示，请数据审核员留意。
    <span class="en" lang="en">Passed, not blocked; {{ warnings }} warnings for the data steward.</span></span>
    {%- else %}
    <span class="sign" aria-hidden="true">✔</span>
    <span><strong>通过，未阻断</strong>：全部要求均已满足。
    <span class="en" lang="en">Passed, not blocked: every check holds.</span></span>
    {%- endif %}
  </p>
</header>
<main>
{%- if failures %}
<section class="attention">
  <h2>需要处理 <span class="en" lang="en">Needs attention</span></h2>
  <ol>
  {%- for suite, result in failures %}
    <li><a href="#s{{ suite.number }}">{{ suite.zh }}</a>：{{ result.zh }}
      <b>{{ result.reason.wording[0] }}
      {%- if result.unexpected %}（{{ result.unexpected }} / {{ result.checked }}）{% endif %}</b>
      {%- if not result.blocks %} <i>提示，不阻断</i>{% endif %}
      <span class="en block" lang="en">{{ result.en }} — {{ result.reason.wording[1] }}</span></li>
  {%- endfor %}
  </ol>
</section>
{%- endif %}
<section>
  <h2>概览 <span class="en" lang="en">Overview</span></h2>
  <table class="overview">
    <thead><tr><th scope="col">检验对象 <span class="en" lang="en">Checked</span></th>
      <th scope="col">结果 <span class="en" lang="en">Result</span></th>
      <th scope="col" class="n">通过 <span class="en" lang="en">Passed</span></th>
      <th scope="col" class="n">未通过 <span class="en" lang="en">Failed</span></th></tr></thead>
    <tbody>
    {%- for suite in suites %}
      <tr><th scope="row"><a href="#s{{ suite.number }}">{{ suite.zh }}</a>
        <span class="en" lang="en">{{ suite.en }}</span></th>
        <td>{{ sign(suite.success) }}</td>
        <td class="n">{{ suite.passed }} / {{ suite.total }}</td>
        <td class="n">{{ suite.total - suite.passed }}</td></tr>
    {%- endfor %}
    </tbody>
  </table>
  <p class="note">“核对数”是参与核对的数值个数，“不符数”是其中不符合要求的个数；核对数为 0 表示本月没有可核对的内容。
    状态标记：A 正常，C 不予公布，M 缺失，R 取整。本页只列个数，不含任何数据。
    <span class="en block" lang="en">Checked: the values that were compared; unexpected: those of them that do not fit;
    0 checked: there was nothing to compare this month. Marks: A normal, C withheld, M missing,
    R rounded.
    This page holds counts only, no data.</span></p>
</section>
{%- for suite in suites %}
<section id="s{{ suite.number }}">
  <h2>{{ suite.number }}. {{ suite.zh }} <span class="en" lang="en">{{ suite.en }}</span>
    <span class="tally">{{ sign(suite.success) }} {{ suite.passed }} / {{ suite.total }}</span></h2>
  {%- if not suite.total %}
  <p class="empty">没有任何检验要求，按未通过处理。
    <span class="en" lang="en">No expectations: counts as failed.</span></p>
  {%- else %}
  <table>
    <thead><tr><th scope="col" class="r">结果 <span class="en block" lang="en">Result</span></th>
      <th scope="col" colspan="2">要求 <span class="en block" lang="en">Requirement</span></th>
      <th scope="col" class="n">核对数 <span class="en block" lang="en">Checked</span></th>
      <th scope="col" class="n">不符数 <span class="en block" lang="en">Unexpected</span></th></tr></thead>
    {%- for topic, results in suite.topics %}
    <tbody>
      <tr class="topic"><th scope="rowgroup" colspan="5">{{ topic.wording[0] }}
        <span class="en" lang="en">{{ topic.wording[1] }}</span></th></tr>
      {%- for result in results %}
      <tr{% if not result.passed %} class="failed"{% endif %}><td>{{ sign(result.passed) }}</td>
        <td>{{ result.zh }}
          {%- if not result.passed %} <b>{{ result.reason.wording[0] }}</b>
          {%- if not result.blocks %} <i>提示，不阻断</i>{% endif %}{% endif %}</td>
        <td class="en" lang="en">{{ result.en }}
          {%- if not result.passed %} — {{ result.reason.wording[1] }}{% endif %}</td>
        <td class="n">{{ result.checked }}</td><td class="n">{{ result.unexpected }}</td></tr>
      {%- endfor %}
    </tbody>
    {%- endfor %}
  </table>
  {%- endif %}
</section>
{%- endfor %}
</main>
<footer>{{ heading.release }} · 数据质量检验报告 · {{ passed }} / {{ total }}</footer>
</body>
</html>
"""

SIGN = """\
{% macro sign(passed) %}{% if passed %}<span class="yes"><span aria-hidden="true">✔</span> 通过</span>
{%- else %}<span class="no"><span aria-hidden="true">✘</span> 未通过</span>{% endif %}{% endmacro %}
"""

STYLE = """
:root{--ink:#1c2530;--soft:#5b6672;--line:#d8dde3;--wash:#f4f6f8;--go:#0b6b3a;--gowash:#e9f5ee;--stop:#a3161c;
--stopwash:#fdeeee}
*{box-sizing:border-box}
html{font:16px/1.6 "Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;
color:var(--ink);background:#fff;text-spacing-trim:trim-start}
body{max-width:62rem;margin:0 auto;padding:2rem 1.5rem 3rem}
h1{font-size:1.7rem;line-height:1.3;margin:0 0 1rem}
h2{font-size:1.15rem;line-height:1.4;margin:2.4rem 0 .7rem;padding-bottom:.35rem;border-bottom:2px solid var(--ink)}
.en{font-size:.78em;font-weight:400;color:var(--soft);letter-spacing:0}
.block{display:block;line-height:1.4}
td.en,.block{line-height:1.45}
td.en::first-letter,.block::first-letter{text-transform:uppercase}
.facts{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.9rem 2rem;margin:0 0 1.2rem}
.facts dt{font-size:.85rem;color:var(--soft)}
.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.code,.n{font-variant-numeric:tabular-nums}
.verdict{display:flex;gap:.8rem;align-items:flex-start;margin:0;padding:.9rem 1.1rem;border-left:6px solid}
.verdict .en{display:block}
.sign{font-size:1.3rem;line-height:1.25;font-weight:700}
.go{background:var(--gowash);border-color:var(--go)}
.stop{background:var(--stopwash);border-color:var(--stop)}
.go .sign,.yes{color:var(--go)}
.stop .sign,.no{color:var(--stop)}
.yes,.no{font-weight:600;white-space:nowrap}
.no{text-decoration:underline;text-underline-offset:.2em}
table{width:100%;border-collapse:collapse;font-size:.92rem}
th,td{padding:.42rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
thead th{font-weight:600;border-bottom:1px solid var(--ink);white-space:nowrap}
.r{width:6.2rem}
td.en{width:32%;padding-top:.6rem}
.n{text-align:right;width:5.6rem}
.overview th[scope=row] .en{margin-left:.4em}
.topic th{background:var(--wash);font-weight:600;padding-top:.5rem}
.failed td{background:var(--stopwash)}
.failed td:first-child{box-shadow:inset 4px 0 var(--stop)}
.tally{float:right;font-size:.92rem;font-weight:600}
.attention ol{margin:0;padding-left:1.5rem}
.attention li{margin:.45rem 0}
.attention b,.failed b{color:var(--stop)}
.note,.empty{font-size:.88rem;color:var(--soft)}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em}
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid var(--line);font-size:.8rem;color:var(--soft)}
@page{size:A4;margin:16mm 14mm}
@media (max-width:44rem){td.en{display:none}}
@media print{
html{font-size:11px}
body{max-width:none;padding:0}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
thead{display:table-header-group}
tr,li,.verdict{break-inside:avoid}
h2,.topic{break-after:avoid}
a{text-decoration:none}
}
"""

TEMPLATE = (SIGN + PAGE).replace("{{ style }}", STYLE)
