"""What the terms of the W3C's own vocabularies are called in English and Chinese, where the data do not say.

They describe classes, rules and datasets rather than a subject, so that few graphs bring names for them, and none of
these vocabularies has Chinese ones. What the data call them goes before.
"""

from __future__ import annotations

from collections.abc import Mapping

from miit_graph.engine import formats
from miit_graph.vocabulary import OWL, RDF, RDFS, SD, SH, VOID

_DCAT = "http://www.w3.org/ns/dcat#"
_TERMS = f"""
{RDF} type | kind | 类型
{RDF} Property | property | 属性
{RDF} List | list | 列表
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
{SH} targetClass | target class | 目标类
{SH} class | class of the values | 值所属类
{SH} property | property shape | 属性形状
{SH} path | path | 路径
{SH} message | message | 提示信息
{SH} severity | severity | 严重程度
{SH} order | order | 次序
{SH} group | group | 分组
{SH} name | name | 名称
{SH} description | description | 说明
{SH} minCount | minimum count | 最少个数
{SH} maxCount | maximum count | 最多个数
{SH} datatype | datatype | 数据类型
{SH} nodeKind | node kind | 节点种类
{SH} sparql | SPARQL constraint | SPARQL 约束
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
{SD} Graph | graph | 图
{SD} GraphCollection | collection of graphs | 图集合
{SD} NamedGraph | named graph | 命名图
{SD} Service | SPARQL service | SPARQL 服务
{SD} defaultGraph | default graph | 默认图
{SD} defaultDataset | default dataset | 默认数据集
{SD} endpoint | endpoint | 端点
{SD} graph | content | 图的内容
{SD} name | name of the graph | 图的名称
{SD} namedGraph | named graph | 命名图
{_DCAT} accessURL | access address | 访问地址
{_DCAT} byteSize | bytes | 字节数
{_DCAT} compressFormat | compression | 压缩格式
{_DCAT} dataset | dataset | 数据集
{_DCAT} distribution | distribution | 数据集发行版
{_DCAT} downloadURL | download | 下载地址
{_DCAT} endpointDescription | description of the endpoint | 端点说明
{_DCAT} endpointURL | endpoint | 端点
{_DCAT} landingPage | landing page | 介绍页
{_DCAT} mediaType | media type | 媒体类型
{_DCAT} servesDataset | serves | 所服务的数据集
{_DCAT} service | service | 服务
{_DCAT} version | version | 版本
"""


def _read() -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {offered.iri: {"": offered.label} for offered in formats.GRAPHS}
    for line in _TERMS.strip().splitlines():
        term, english, chinese = line.split(" | ")
        found[term.replace(" ", "")] = {"en": english, "zh": chinese}
    return found


_NAMES = _read()


def standard_names(iri: str) -> dict[str, str]:
    """The names of a term by language; none if it is of no such vocabulary."""
    return dict(_NAMES.get(iri, ()))
