"""What the terms of common vocabularies are called in English and Chinese, where the data do not say.

They describe classes, rules and datasets rather than a subject, so that few graphs bring names for them, and none of
these vocabularies has Chinese ones. What the data call them goes before.
"""

from __future__ import annotations

from collections.abc import Mapping

from miit_graph.engine import formats
from miit_graph.publish.triples import DCAT, SPDX
from miit_graph.vocabulary import DCT, FOAF, OWL, RDF, RDFS, SCHEMA, SD, SH, VOID, XSD

_DASH = "http://datashapes.org/dash#"
_ENTAILMENT = "http://www.w3.org/ns/entailment/"
_VOID_EXT = "http://ldf.fi/void-ext#"
_TERMS = f"""
{RDF} type | kind | 类型
{RDF} Property | property | 属性
{RDF} List | list | 列表
{RDF} Statement | reified triple | 具体化三元组
{RDF} langString | text in a language | 带语言标签的文本
{RDF} subject | subject | 主语
{RDF} predicate | predicate | 谓语
{RDF} object | object | 宾语
{RDF} reifies | reifies | 具体化
{RDF} first | first item | 首项
{RDF} rest | further items | 其余各项
{RDF} nil | end of the list | 列表结尾
{RDFS} Class | class | 类
{RDFS} Datatype | datatype | 数据类型
{RDFS} Resource | resource | 资源
{RDFS} label | label | 标签
{RDFS} comment | comment | 说明
{RDFS} seeAlso | see also | 参见
{RDFS} isDefinedBy | defined by | 定义于
{RDFS} subClassOf | subclass of | 上位类
{RDFS} subPropertyOf | subproperty of | 上位属性
{RDFS} domain | domain | 定义域
{RDFS} range | range | 值域
{OWL} Class | class | 类
{OWL} Ontology | ontology | 本体
{OWL} NamedIndividual | named individual | 命名个体
{OWL} ObjectProperty | object property | 对象属性
{OWL} DatatypeProperty | datatype property | 数据属性
{OWL} AnnotationProperty | annotation property | 注释属性
{OWL} FunctionalProperty | functional property | 函数型属性
{OWL} InverseFunctionalProperty | inverse functional property | 反函数型属性
{OWL} SymmetricProperty | symmetric property | 对称属性
{OWL} AsymmetricProperty | asymmetric property | 非对称属性
{OWL} TransitiveProperty | transitive property | 传递属性
{OWL} IrreflexiveProperty | irreflexive property | 反自反属性
{OWL} Restriction | restriction | 属性限制
{OWL} Axiom | axiom | 公理
{OWL} Thing | thing | 事物
{OWL} AllDisjointClasses | mutually disjoint classes | 互不相交的类
{OWL} members | members | 成员
{OWL} propertyChainAxiom | follows from the chain of properties | 由属性链推出
{OWL} sameAs | same as | 等同于
{OWL} differentFrom | different from | 不同于
{OWL} disjointWith | disjoint with | 不相交于
{OWL} equivalentClass | equivalent class | 等价类
{OWL} equivalentProperty | equivalent property | 等价属性
{OWL} inverseOf | inverse of | 逆属性
{OWL} imports | imports | 导入
{OWL} versionInfo | version | 版本信息
{OWL} versionIRI | version IRI | 版本 IRI
{OWL} priorVersion | prior version | 前一版本
{OWL} deprecated | deprecated | 已弃用
{OWL} onProperty | on property | 所限属性
{OWL} someValuesFrom | some values from | 至少一值取自
{OWL} allValuesFrom | all values from | 全部值取自
{OWL} hasValue | has value | 取值为
{OWL} unionOf | union of | 并集
{OWL} annotatedSource | subject of the annotated axiom | 被注公理的主语
{OWL} annotatedProperty | property of the annotated axiom | 被注公理的属性
{OWL} annotatedTarget | object of the annotated axiom | 被注公理的宾语
{SH} NodeShape | node shape | 节点形状
{SH} PropertyShape | property shape | 属性形状
{SH} PropertyGroup | property group | 属性分组
{SH} SPARQLConstraint | SPARQL constraint | SPARQL 约束
{SH} SPARQLExecutable | SPARQL query | SPARQL 查询
{SH} SPARQLSelectExecutable | SPARQL SELECT query | SPARQL SELECT 查询
{SH} SPARQLAskExecutable | SPARQL ASK query | SPARQL ASK 查询
{SH} SPARQLConstructExecutable | SPARQL CONSTRUCT query | SPARQL CONSTRUCT 查询
{SH} PrefixDeclaration | prefix declaration | 前缀声明
{SH} Violation | violation | 违规
{SH} Warning | warning | 警告
{SH} Info | information | 提示
{SH} IRI | IRI | IRI
{SH} Literal | literal | 字面量
{SH} BlankNode | blank node | 空白节点
{SH} BlankNodeOrIRI | blank node or IRI | 空白节点或 IRI
{SH} BlankNodeOrLiteral | blank node or literal | 空白节点或字面量
{SH} IRIOrLiteral | IRI or literal | IRI 或字面量
{SH} targetClass | target class | 目标类
{SH} targetNode | target | 目标
{SH} targetSubjectsOf | targets what has | 目标：具有此属性者
{SH} targetObjectsOf | targets the values of | 目标：此属性的值
{SH} class | class of the values | 值所属类
{SH} property | property shape | 属性形状
{SH} path | path | 路径
{SH} inversePath | in the reverse direction | 反向路径
{SH} alternativePath | any of these | 可选路径
{SH} sequencePath | one after the other | 依次路径
{SH} zeroOrMorePath | any number of times | 零次或多次
{SH} oneOrMorePath | at least once | 一次或多次
{SH} zeroOrOnePath | at most once | 至多一次
{SH} message | message | 提示信息
{SH} severity | severity | 严重程度
{SH} order | order | 次序
{SH} group | group | 分组
{SH} name | name | 名称
{SH} description | description | 说明
{SH} minCount | minimum count | 最少个数
{SH} maxCount | maximum count | 最多个数
{SH} in | one of | 取值限于
{SH} hasValue | has the value | 须有此值
{SH} pattern | pattern | 文本模式
{SH} languageIn | languages allowed | 允许的语言
{SH} uniqueLang | one value for each language | 每种语言限一值
{SH} minInclusive | at least | 不小于
{SH} maxInclusive | at most | 不大于
{SH} lessThan | less than | 小于
{SH} lessThanOrEquals | not greater than | 不大于此属性的值
{SH} closed | no other properties | 不得有其他属性
{SH} ignoredProperties | properties allowed besides | 另外允许的属性
{SH} not | must not conform to | 不得符合
{SH} and | conforms to all of | 须全部符合
{SH} or | conforms to one of | 至少符合其一
{SH} node | conforms to | 须符合
{SH} qualifiedValueShape | shape of the values counted | 所计之值的形状
{SH} qualifiedMinCount | minimum count of these | 此类值最少个数
{SH} qualifiedMaxCount | maximum count of these | 此类值最多个数
{SH} datatype | datatype | 数据类型
{SH} nodeKind | node kind | 节点种类
{SH} sparql | SPARQL constraint | SPARQL 约束
{SH} select | SELECT query | SELECT 查询
{SH} ask | ASK query | ASK 查询
{SH} construct | CONSTRUCT query | CONSTRUCT 查询
{SH} prefixes | prefixes declared by | 前缀声明于
{SH} declare | declares the prefix | 声明前缀
{SH} prefix | prefix | 前缀
{SH} namespace | namespace | 命名空间
{VOID} Dataset | dataset | 数据集
{VOID} DatasetDescription | description of a dataset | 数据集描述
{VOID} Linkset | links to another dataset | 链接集
{VOID} class | class counted | 所计的类
{VOID} property | property counted | 所计的属性
{VOID} classPartition | by class | 按类划分
{VOID} propertyPartition | by property | 按属性划分
{VOID} classes | number of classes | 类的数目
{VOID} properties | number of properties | 属性的数目
{VOID} triples | number of triples | 三元组数
{VOID} entities | number of members | 实例数
{VOID} distinctSubjects | number of subjects | 主语数
{VOID} distinctObjects | number of objects | 宾语数
{VOID} dataDump | dump | 数据转储
{VOID} exampleResource | example | 示例资源
{VOID} feature | format | 提供的格式
{VOID} inDataset | in dataset | 所属数据集
{VOID} linkPredicate | linking property | 链接属性
{VOID} objectsTarget | linked dataset | 链接目标数据集
{VOID} subjectsTarget | linking dataset | 链接来源数据集
{VOID} sparqlEndpoint | SPARQL endpoint | SPARQL 端点
{VOID} subset | part | 子集
{VOID} uriSpace | IRIs begin with | IRI 前缀
{VOID} vocabulary | vocabulary | 所用词汇表
{SD} Dataset | RDF dataset | RDF 数据集
{SD} Function | function | 函数
{SD} SPARQL11Query | SPARQL 1.1 Query | SPARQL 1.1 查询
{SD} SPARQL11Update | SPARQL 1.1 Update | SPARQL 1.1 更新
{SD} BasicFederatedQuery | federated query | 联邦查询
{SD} UnionDefaultGraph | the default graph is the union of all graphs | 默认图为各图之并
{SD} Graph | graph | 图
{SD} GraphCollection | collection of graphs | 图集合
{SD} NamedGraph | named graph | 命名图
{SD} Service | SPARQL service | SPARQL 服务
{SD} defaultGraph | default graph | 默认图
{SD} defaultDataset | default dataset | 默认数据集
{SD} defaultEntailmentRegime | entailment regime | 蕴涵机制
{SD} availableGraphs | graphs available | 可用的图
{SD} extensionFunction | further function | 扩展函数
{SD} feature | feature | 特性
{SD} resultFormat | result format | 结果格式
{SD} supportedLanguage | query language | 支持的查询语言
{SD} endpoint | endpoint | 端点
{SD} graph | content | 图的内容
{SD} name | name of the graph | 图的名称
{SD} namedGraph | named graph | 命名图
{DCAT} Catalog | catalogue | 目录
{DCAT} DataService | data service | 数据服务
{DCAT} Dataset | dataset | 数据集
{DCAT} Distribution | distribution | 数据集发行版
{DCAT} accessURL | access address | 访问地址
{DCAT} byteSize | bytes | 字节数
{DCAT} compressFormat | compression | 压缩格式
{DCAT} dataset | dataset | 数据集
{DCAT} distribution | distribution | 数据集发行版
{DCAT} downloadURL | download | 下载地址
{DCAT} endpointDescription | description of the endpoint | 端点说明
{DCAT} endpointURL | endpoint | 端点
{DCAT} landingPage | landing page | 介绍页
{DCAT} mediaType | media type | 媒体类型
{DCAT} servesDataset | serves | 所服务的数据集
{DCAT} service | service | 服务
{DCAT} version | version | 版本
{DCT} MediaTypeOrExtent | media type or extent | 媒体类型或篇幅
{DCT} conformsTo | conforms to | 遵循标准
{DCT} format | format | 格式
{DCT} modified | modified | 修改日期
{FOAF} homepage | home page | 主页
{FOAF} primaryTopic | is about | 所述主题
{SPDX} Checksum | checksum | 校验和
{SPDX} algorithm | algorithm | 算法
{SPDX} checksum | checksum | 校验和
{SPDX} checksumAlgorithm_sha256 | SHA-256 | SHA-256
{SPDX} checksumValue | value of the checksum | 校验和的值
{XSD} string | string | 字符串
{XSD} boolean | boolean | 布尔值
{XSD} integer | integer | 整数
{XSD} decimal | decimal | 小数
{XSD} date | date | 日期
{XSD} dateTime | date and time | 日期时间
{XSD} gYear | year | 年
{XSD} gYearMonth | year and month | 年月
{XSD} duration | duration | 时长
{XSD} anyURI | address | 网址
{_DASH} propertyRole | role of the property | 属性角色
{_DASH} LabelRole | names the thing | 用作名称
{_DASH} KeyInfoRole | key information | 关键信息
{SCHEMA} target | target | 目标
{_ENTAILMENT} Simple | simple entailment | 简单蕴涵
{_VOID_EXT} datatypePartition | by datatype | 按数据类型划分
{_VOID_EXT} datatype | datatype counted | 所计的数据类型
"""


def _read() -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {
        offered.iri: {"": offered.label} for offered in (*formats.TABLES, *formats.GRAPHS)
    }
    for line in _TERMS.strip().splitlines():
        term, english, chinese = line.split(" | ")
        found[term.replace(" ", "")] = {"en": english, "zh": chinese}
    return found


_NAMES = _read()


def standard_names(iri: str) -> dict[str, str]:
    """The names of a term by language; none if it is of no such vocabulary."""
    return dict(_NAMES.get(iri, ()))
