/** Other names of services in Debian's /etc/services: `alias port/protocols`, t for TCP and u for UDP. */
const ALIASES = `
sink 9/tu null 9/tu users 11/t quote 17/t ttytst 19/tu source 19/tu fspd 21/u mail 25/t timserver 37/tu
nicname 43/t www 80/t kerberos5 88/tu krb5 88/tu kerberos-sec 88/tu tsap 102/t dicom 104/t pop-3 110/t
portmapper 111/tu authentication 113/t tap 113/t ident 113/t readnews 119/t untp 119/t loc-srv 135/t
imap 143/t snmptrap 162/tu wais 210/t Clearcase 371/u ssmtp 465/t smtps 465/t urd 465/t comsat 512/u
whod 513/u cmd 514/t syslog 514/t spooler 515/t router 520/u routed 520/u uucpd 540/t krcmd 544/t
snntp 563/t lotusnotes 1352/t old-radius 1645/tu old-radacct 1646/tu l2tp 1701/u radacct 1813/tu
gds_db 3050/t icp 3130/u subversion 3690/t jabber-client 5222/t jabber-server 5269/t postgres 5432/t
rptp 5556/t x11-0 6000/t sge_qmaster 6444/t sge_execd 6445/t xfs 7100/t webcache 8080/t kerberos-iv 750/tu
kdc 750/tu kerberos_master 751/tu passwd_server 752/u krb_prop 754/t krb5_prop 754/t hprop 754/t
moira_db 775/t moira_update 777/t moira_ureg 779/u lrrd 4949/t sane 6566/t saned 6566/t
`;

function parse(protocol: 't' | 'u'): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  const parts = ALIASES.trim().split(/\s+/);
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [port = '', protocols = ''] = (parts[i + 1] ?? '').split('/');
    if (protocols.includes(protocol)) ports.set(parts[i] ?? '', Number(port));
  }
  return ports;
}

export const SERVICE_ALIASES = { tcp: parse('t'), udp: parse('u') } as const;
