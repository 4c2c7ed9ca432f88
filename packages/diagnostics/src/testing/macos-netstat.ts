/**
 * Text as `netstat -an` of macOS prints it (netstat(1)): the port behind a dot, `tcp46` for both families, a zone behind
 * `%`, other sections around. Addresses of RFC 5737 and RFC 3849.
 */
export const macosNetstat = `Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    
tcp4       0      0  192.0.2.10.52345       198.51.100.7.443       ESTABLISHED
tcp4       5      0  192.0.2.10.52346       198.51.100.7.443       CLOSE_WAIT 
tcp4       0   4096  192.0.2.10.52347       198.51.100.7.443       FIN_WAIT_1 
tcp4       0      0  192.0.2.10.52348       198.51.100.7.443       FIN_WAIT_2 
tcp4       0      0  192.0.2.10.52349       203.0.113.9.80         SYN_SENT   
tcp6       0      0  2001:db8::1.52350      2001:db8::2.443        TIME_WAIT  
tcp6       0      0  fe80::1%lo0.1024       fe80::1%lo0.52351      LAST_ACK   
tcp46      0      0  *.8080                 *.*                    LISTEN     
tcp4       0      0  127.0.0.1.631          *.*                    LISTEN     
tcp6       0      0  ::1.631                *.*                    LISTEN     
tcp4       0      0  127.0.0.1.8080         127.0.0.1.52352        SYN_RCVD   
tcp4       0      0  127.0.0.1.52353        127.0.0.1.8080         CLOSING    
tcp4       0      0  *.*                    *.*                    CLOSED     
udp4       0      0  *.5353                 *.*                               
udp6       0      0  *.5353                 *.*                               
udp4       0      0  192.0.2.10.60000       198.51.100.53.53                  
icm6       0      0  *.*                    *.*                               
Active Multipath Internet connections
Proto/ID  Flags      Local Address          Foreign Address        (state)    
Active LOCAL (UNIX) domain sockets
Address          Type   Recv-Q Send-Q            Inode             Conn             Refs          Nextref Addr
e6e6f4d1c0d5a2f1 stream      0      0                0 e6e6f4d1c0d59f21                0                0 /var/run/mDNSResponder
`;
